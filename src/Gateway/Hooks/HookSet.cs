using AiGateway.Protocol;
using Microsoft.Extensions.Logging;

namespace AiGateway.Hooks;

/// <summary>The registered hooks, by what they do, in registration order, and how each kind is run.</summary>
internal sealed partial class HookSet(IEnumerable<IGatewayHook> hooks, ILogger<HookSet> logger)
{
    private readonly IAuthenticationHook[] _authentication = [.. hooks.OfType<IAuthenticationHook>()];
    private readonly IRequestHook[] _request = [.. hooks.OfType<IRequestHook>()];
    private readonly IStreamHook[] _stream = [.. hooks.OfType<IStreamHook>()];
    private readonly IResponseHook[] _response = [.. hooks.OfType<IResponseHook>()];
    private readonly IErrorHook[] _error = [.. hooks.OfType<IErrorHook>()];

    /// <summary>Whether anybody authenticates.</summary>
    public bool Authenticates => _authentication.Length > 0;

    /// <summary>Whether anybody watches the stream of a call: where nobody does, events need not be shown.</summary>
    public bool Watches(GatewayCall call) => _stream.Length > 0 || call.Content is not null;

    /// <summary>Asks the hooks about a caller, until one has an opinion.</summary>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(GatewayCall call, CancellationToken cancellationToken)
    {
        foreach (var hook in _authentication)
        {
            var result = await hook.AuthenticateAsync(call, cancellationToken);
            if (result.IsAllowed || result.Error is not null)
                return result;
        }

        return AuthenticationResult.NoOpinion;
    }

    /// <summary>Shows a request to its hooks, until one answers.</summary>
    public async ValueTask RequestAsync(GatewayCall call, CancellationToken cancellationToken)
    {
        foreach (var hook in _request)
        {
            await hook.OnRequestAsync(call, cancellationToken);
            if (call.Answer is not null)
                return;
        }
    }

    /// <summary>Shows an event to its hooks, until one drops it.</summary>
    public ValueTask StreamAsync(GatewayCall call, StreamEvent streamEvent, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _stream.Length; i++)
        {
            var shown = _stream[i].OnStreamEventAsync(call, streamEvent, cancellationToken);
            if (!shown.IsCompletedSuccessfully)
                return GoOnAsync(shown, i + 1, call, streamEvent, cancellationToken);
            if (streamEvent.IsDropped)
                break;
        }

        Tell(call, streamEvent);
        return default;
    }

    /// <summary>Shows an answer to its hooks.</summary>
    public async ValueTask ResponseAsync(GatewayCall call, CallResult result, CancellationToken cancellationToken)
    {
        foreach (var hook in _response)
            await hook.OnResponseAsync(call, result, cancellationToken);
        if (!result.IsStream)
            call.Content?.OnAnswer(result.ToUtf8());
    }

    /// <summary>Shows an error to its hooks. Never throws: an error is on its way already.</summary>
    public async ValueTask ErrorAsync(GatewayCall call, GatewayError error, Exception? exception, CancellationToken cancellationToken)
    {
        foreach (var hook in _error)
        {
            try
            {
                await hook.OnErrorAsync(call, error, exception, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogErrorHookThrew(e, hook.GetType().Name, call.Id);
            }
        }
    }

    private async ValueTask GoOnAsync(ValueTask shown, int next, GatewayCall call, StreamEvent streamEvent, CancellationToken cancellationToken)
    {
        await shown;
        for (var i = next; i < _stream.Length && !streamEvent.IsDropped; i++)
            await _stream[i].OnStreamEventAsync(call, streamEvent, cancellationToken);
        Tell(call, streamEvent);
    }

    private static void Tell(GatewayCall call, StreamEvent streamEvent)
    {
        if (call.Content is { } content && !streamEvent.IsDropped)
            content.OnEvent(streamEvent.Type, streamEvent.ToUtf8());
    }

    [LoggerMessage(1001, LogLevel.Error, "The error hook {Hook} threw on request {RequestId}.")]
    private partial void LogErrorHookThrew(Exception exception, string hook, string requestId);
}
