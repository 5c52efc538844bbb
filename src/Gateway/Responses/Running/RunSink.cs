namespace AiGateway.Responses.Running;

/// <summary>A background response's events go to its log; its terminal one goes there together with its end.</summary>
internal sealed class RunSink(ResponseRun run) : IResponseEventSink
{
    public ValueTask AppendAsync(ResponseEvent responseEvent) =>
        responseEvent.Type is "response.completed" or "response.incomplete" or "response.failed"
            ? new ValueTask(run.EndAsync(responseEvent))
            : run.AppendAsync(responseEvent);
}
