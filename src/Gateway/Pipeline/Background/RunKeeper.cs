using AiGateway.Responses.Running;

namespace AiGateway.Pipeline.Background;

/// <summary>A background response's end goes to its run, which keeps it together with the terminal event.</summary>
internal sealed class RunKeeper(ResponseRun run) : IResponseKeeper
{
    public ValueTask KeepAsync(string status, ReadOnlyMemory<byte> body)
    {
        run.Stage(status, body);
        return default;
    }
}
