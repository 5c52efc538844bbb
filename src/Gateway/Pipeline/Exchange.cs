using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Errors;
using AiGateway.Routing;

namespace AiGateway.Pipeline;

/// <summary>What handlers share: a routed call's way to its provider, and a whole answer's way back through the hooks to the client.</summary>
internal sealed class Exchange(ModelRegistry registry, HookSet hooks)
{
    /// <summary>The most that a whole (not streamed) answer may hold: images are large.</summary>
    public const int MaxAnswerBytes = 256 * 1024 * 1024;

    /// <summary>Finds who serves a call.</summary>
    /// <param name="call">The call; its provider is noted on it.</param>
    /// <param name="preferredProvider">Who should serve it, if it serves the model; null for whoever does.</param>
    /// <returns>The route.</returns>
    /// <exception cref="GatewayException">No such model.</exception>
    public Route Resolve(GatewayCall call, string? preferredProvider = null)
    {
        var route = registry.Resolve(call.Request.Model, preferredProvider);
        call.ProviderOptions = route.Provider.Options;
        return route;
    }

    /// <summary>Calls the provider; an error status becomes an exception.</summary>
    /// <exception cref="GatewayException">The provider gave an error, or no answer.</exception>
    public static ValueTask<ProviderAnswer> SendAsync(
        GatewayCall call, Route route, ApiKind api, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => SendAsync(
            route, new ProviderCall { Api = api, Body = body, Stream = call.Request.Stream, ClientHeaders = call.Headers }, cancellationToken);

    /// <inheritdoc cref="SendAsync(GatewayCall, Route, ApiKind, ReadOnlyMemory{byte}, CancellationToken)"/>
    public static async ValueTask<ProviderAnswer> SendAsync(Route route, ProviderCall call, CancellationToken cancellationToken)
    {
        var answer = await route.Provider.SendAsync(call, cancellationToken);
        if (answer.IsSuccess)
            return answer;
        await using (answer)
            throw new GatewayException(await ProviderErrors.FromAnswerAsync(answer, route.Provider.Options, cancellationToken));
    }

    /// <summary>What a provider reports in place of an answer, with a status of 200 or in mid-stream.</summary>
    /// <param name="call">The call.</param>
    /// <param name="report">A JSON object.</param>
    /// <returns>The exception to throw.</returns>
    public static GatewayException Reported(GatewayCall call, ReadOnlySpan<byte> report) =>
        ProviderErrors.FromEvent(report, call.ProviderOptions ?? new ProviderOptions()) is { } error
            ? new GatewayException(error)
            : new ProviderException(ProviderFailure.InvalidAnswer);

    /// <summary>Puts the provider's allowed headers on the answer.</summary>
    public static void CopyHeaders(ProviderAnswer answer, CallOutput output)
    {
        foreach (var (name, value) in answer.Headers)
            output.SetHeader(name, value);
    }

    /// <summary>Shows a whole answer to the hooks and sends what they leave of it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="body">The answer.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="keep">Keeps what is sent, before it is sent; null where nothing is kept.</param>
    public async ValueTask WriteAsync(
        GatewayCall call,
        ReadOnlyMemory<byte> body,
        CallOutput output,
        CancellationToken cancellationToken,
        int status = 200,
        Func<ReadOnlyMemory<byte>, ValueTask>? keep = null)
    {
        body = await ShowAsync(call, body, cancellationToken);
        if (keep is not null)
            await keep(body);
        await output.Start(status, "application/json", body.Length).WriteAsync(body, cancellationToken);
    }

    /// <summary>Shows a whole answer to the hooks.</summary>
    /// <param name="call">The call.</param>
    /// <param name="body">The answer.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>What they leave of it.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> ShowAsync(GatewayCall call, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var result = new CallResult(body);
        await hooks.ResponseAsync(call, result, cancellationToken);
        return result.ToUtf8();
    }
}
