using System.Collections.Concurrent;
using AiGateway.Hooks;
using AiGateway.Protocol;

namespace AiGateway.AspNetCore.Tests.Hooks;

/// <summary>A hook of every kind that does as it is told, and remembers what it was shown.</summary>
public sealed class Recorder : IAuthenticationHook, IRequestHook, IStreamHook, IResponseHook, IErrorHook
{
    public Func<GatewayCall, AuthenticationResult> Authenticate { get; init; } = _ => AuthenticationResult.Allow();

    public Action<GatewayCall> Request { get; init; } = _ => { };

    public Action<GatewayCall, StreamEvent> Stream { get; init; } = (_, _) => { };

    public Action<GatewayCall, CallResult> Response { get; init; } = (_, _) => { };

    public Action<GatewayCall, GatewayError, Exception?> Error { get; init; } = (_, _, _) => { };

    /// <summary>What ran, in order.</summary>
    public ConcurrentQueue<string> Ran { get; } = new();

    public ConcurrentQueue<(GatewayError Error, Exception? Exception)> Errors { get; } = new();

    /// <summary>The call and what came of it, when it is over.</summary>
    public TaskCompletionSource<(GatewayCall Call, CallResult Result)> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask<AuthenticationResult> AuthenticateAsync(GatewayCall call, CancellationToken cancellationToken)
    {
        Ran.Enqueue("authentication");
        return new(Authenticate(call));
    }

    public ValueTask OnRequestAsync(GatewayCall call, CancellationToken cancellationToken)
    {
        Ran.Enqueue("request");
        Request(call);
        return default;
    }

    public ValueTask OnStreamEventAsync(GatewayCall call, StreamEvent streamEvent, CancellationToken cancellationToken)
    {
        if (!Ran.Contains("stream"))
            Ran.Enqueue("stream");
        Stream(call, streamEvent);
        return default;
    }

    public async ValueTask OnResponseAsync(GatewayCall call, CallResult result, CancellationToken cancellationToken)
    {
        await Task.Yield();
        Ran.Enqueue("response");
        Response(call, result);
        Ended.TrySetResult((call, result));
    }

    public ValueTask OnErrorAsync(GatewayCall call, GatewayError error, Exception? exception, CancellationToken cancellationToken)
    {
        Ran.Enqueue("error");
        Errors.Enqueue((error, exception));
        Error(call, error, exception);
        return default;
    }
}
