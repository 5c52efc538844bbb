using AiGateway.Engine;
using AiGateway.Responses.Running;

namespace AiGateway.Pipeline;

/// <summary>Keeps the end of a response that its client's own call makes.</summary>
internal sealed class ForegroundKeeper(IForegroundResponse entered, StoredResponse response, ResponseEnds ends) : IResponseKeeper
{
    /// <summary>Whether it is kept.</summary>
    public bool HasEnded { get; private set; }

    public async ValueTask KeepAsync(string status, ReadOnlyMemory<byte> body)
    {
        await entered.EndAsync(ends.Of(response, status, body));
        HasEnded = true;
    }
}
