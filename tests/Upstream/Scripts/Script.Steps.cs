using System.Text;

namespace AiGateway.Upstream;

/// <summary>Steps, taken one after the other.</summary>
public sealed partial class Script
{
    public Script Send(byte[] bytes) => Step(new SendStep(bytes));

    public Script Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    /// <summary>One <c>data:</c> frame; a string is JSON already.</summary>
    public Script SendEvent(object json) => Step(new SendStep(Encoding.UTF8.GetBytes($"data: {WireJson.Text(json)}\n\n"), IsEvent: true));

    /// <summary>One frame with an <c>event:</c> line.</summary>
    public Script SendEvent(string eventName, object json) =>
        Step(new SendStep(Encoding.UTF8.GetBytes($"event: {eventName}\ndata: {WireJson.Text(json)}\n\n"), IsEvent: true));

    /// <summary><c>data: [DONE]</c></summary>
    public Script SendDone() => SendEvent("[DONE]");

    /// <summary>A comment line, as heartbeats are sent.</summary>
    public Script Comment(string text) => Send($": {text}\n\n");

    /// <summary>An error inside a stream that began well: <c>data: {"error":{…}}</c>.</summary>
    public Script SendError(string type, string? code, string message) => SendEvent(Errors.Body(type, code, message));

    /// <summary>A frame whose data is no JSON.</summary>
    public Script Garbage() => SendEvent("{\"id\":\"chatcmpl-\u0001,]nonsense");

    public Script Wait(Task gate) => Step(new WaitStep(gate));

    /// <summary>For pacing only.</summary>
    public Script Delay(TimeSpan time) => Step(new DelayStep(time));

    /// <summary>Resets the connection; what was sent before has been handed to the kernel.</summary>
    public Script Abort() => Step(new AbortStep());

    /// <summary>Ends the body in order, here, whatever is still missing.</summary>
    public Script CloseEarly() => Step(new EndStep());

    /// <summary>Silent, connection open, until the caller leaves.</summary>
    public Script Hang() => Step(new HangStep());

    private Script Step(Step step) => With(r => r.Then(step));

    internal Script Write(Func<Func<ReadOnlyMemory<byte>, Task>, CancellationToken, Task> write) => Step(new WriteStep(write));
}
