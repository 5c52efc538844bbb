namespace AiGateway.Pipeline;

/// <summary>Has a connection remember a response, once it is kept where it is to be kept.</summary>
internal sealed class LocalKeeper(ILocalTurns local, ResponseCall response, IResponseKeeper? stored) : IResponseKeeper
{
    public async ValueTask KeepAsync(string status, ReadOnlyMemory<byte> body)
    {
        if (stored is not null)
            await stored.KeepAsync(status, body);
        local.Remember(response, status, body);
    }
}
