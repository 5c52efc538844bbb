using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Durable;

/// <summary>Nothing is compared where the one is not kept, or the other is.</summary>
internal static class KeptCheck
{
    /// <summary>Has one answer made, and asks for it by its id.</summary>
    /// <exception cref="BenchException">It is there and should not be, or is not there as it was answered.</exception>
    public static async Task RunAsync(Target gateway, Lane lane, bool isKept, CancellationToken cancellationToken)
    {
        using var connection = await WireConnection.ConnectAsync(gateway.EndPoint, cancellationToken);
        await connection.ExchangeAsync(RequestBytes.Post(gateway.EndPoint, lane));
        var id = ResponseId.In(connection.Body);
        var whole = lane.Streams ? null : connection.Body.ToArray();
        var status = await connection.ExchangeAsync(RequestBytes.Get(gateway.EndPoint, $"/v1/responses/{id}"));
        if (status != (isKept ? 200 : 404) || (isKept && whole is not null && !connection.Body.SequenceEqual(whole)))
            throw new BenchException($"{lane.Name}: afterwards {id} is answered {status}: {connection.BodyText()}");
    }
}
