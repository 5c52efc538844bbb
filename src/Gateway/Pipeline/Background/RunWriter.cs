namespace AiGateway.Pipeline.Background;

/// <summary>
/// Stands where a client's stream would: a background response's events go to its log by its sink, and nobody is there to be kept awake. Since its stream
/// began when it was created, whatever goes wrong is an event.
/// </summary>
internal sealed class RunWriter : EventWriter
{
    public override bool HasStarted => true;

    public override void Start()
    {
    }

    public override void WriteData(ReadOnlySpan<byte> json) => throw new NotSupportedException("A response's events go to its log.");

    public override void WriteEvent(string type, ReadOnlySpan<byte> json) => throw new NotSupportedException("A response's events go to its log.");

    public override void WriteDone()
    {
    }

    public override void WriteHeartbeat()
    {
    }

    public override ValueTask FlushAsync(CancellationToken cancellationToken) => default;
}
