using System.Text;

namespace AiGateway.Upstream;

/// <summary>How one request is answered. Immutable: one script may answer many requests, and each builder method makes a new one.</summary>
public sealed partial class Script
{
    private readonly Func<ReceivedRequest, Reply> _reply;

    internal Script(Func<ReceivedRequest, Reply> reply) => _reply = reply;

    /// <summary>An answer with a JSON body: a string is taken as it is, anything else is serialized.</summary>
    public static Script Json(object body, int status = 200) => Bytes(WireJson.Bytes(body), "application/json", status);

    /// <summary>An answer with these bytes.</summary>
    public static Script Bytes(byte[] body, string contentType, int status = 200) => new(_ => new Reply { Status = status }
        .WithHeader("Content-Type", contentType)
        .Then(new SendStep(body)));

    /// <summary>An answer without a body.</summary>
    public static Script Empty(int status) => new(_ => new Reply { Status = status });

    /// <summary>An event stream, empty so far; its headers go out before its first step is taken.</summary>
    public static Script Sse() => new(_ => new Reply { IsStream = true }.WithHeader("Content-Type", "text/event-stream; charset=utf-8"));

    /// <summary>An event stream of these events, each a <c>data:</c> line, with <c>[DONE]</c> behind them.</summary>
    public static Script Sse(params object[] events) => events.Aggregate(Sse(), (script, e) => script.SendEvent(e)).SendDone();

    /// <summary>A script that depends on the request.</summary>
    public static Script By(Func<ReceivedRequest, Script> choose) => new(request => choose(request).For(request));

    /// <summary>One script where the request says <c>stream: true</c>, another where it does not.</summary>
    public static Script ByStream(Script json, Script sse) => By(request => request.Asks("stream") ? sse : json);

    /// <summary>No HTTP at all: these bytes come on the socket, then the connection ends.</summary>
    public static Script Raw(string wire) => new(_ => new Reply().Before(new RawWireStep(Encoding.UTF8.GetBytes(wire))));

    /// <summary>Never answers: no status, no header, until the caller leaves.</summary>
    public static Script Silent() => Empty(200).HangBeforeHeaders();

    /// <summary>Resets the connection in place of an answer.</summary>
    public static Script Drop() => Empty(200).AbortBeforeHeaders();

    internal Reply For(ReceivedRequest request) => _reply(request);

    private Script With(Func<Reply, Reply> change) => new(request => change(_reply(request)));
}
