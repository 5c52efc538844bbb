namespace AiGateway.Bench.Compare.Wire;

/// <summary>Sees a body grow.</summary>
internal interface IBodyProgress
{
    void Arrived(ReadOnlySpan<byte> bodySoFar);
}
