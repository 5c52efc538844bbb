using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Providers;

namespace AiGateway.Pipeline;

/// <summary>Reads an answer that is one JSON object: chat, embeddings and images alike.</summary>
internal static class WholeAnswer
{
    /// <summary>Reads it, notes its usage, and puts the asked model name in.</summary>
    /// <param name="call">The call.</param>
    /// <param name="answer">A successful answer.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <param name="id">The id that it is to have; null for the provider's.</param>
    /// <returns>The body for the client.</returns>
    /// <exception cref="GatewayException">It is no JSON object, or an error in spite of its status.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(
        GatewayCall call, ProviderAnswer answer, CancellationToken cancellationToken, string? id = null)
    {
        var body = await answer.ReadToEndAsync(Exchange.MaxAnswerBytes, cancellationToken);
        if (!BodyScan.TryScan(body.Span, out var scan))
            throw new ProviderException(ProviderFailure.InvalidAnswer);
        if (scan.IsError)
            throw Exchange.Reported(call, body.Span);
        call.Usage = scan.Usage;
        return ModelName.Replace(body, scan, call, id);
    }
}
