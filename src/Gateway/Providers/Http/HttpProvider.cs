using System.Net;
using System.Net.Http;
using System.Runtime.CompilerServices;
using AiGateway.Protocol;
using Microsoft.Extensions.Logging;

namespace AiGateway.Providers.Http;

/// <summary>
/// A provider that speaks OpenAI's API over HTTP. A call goes: address → headers → one write of the body → wait for the
/// status under the first-byte limit → pick headers → the body, read by whoever asked, under the first-byte and idle limits.
/// There is no limit on the whole: answers may stream for hours.
/// </summary>
internal sealed partial class HttpProvider : IProvider, IDisposable
{
    private const string JsonType = "application/json";

    private readonly HttpMessageInvoker _invoker;
    private readonly ILogger _log;
    private readonly CallClocks _clocks;
    private readonly ProviderAddress _address;
    private readonly RequestHeaders _requestHeaders;
    private readonly ResponseHeaders _responseHeaders;

    /// <summary>Creates the provider; connects to nothing yet.</summary>
    /// <param name="options">Its configuration.</param>
    /// <param name="log">Where failed calls are logged, with what the client is not told.</param>
    /// <param name="time">What the first-byte and idle limits are measured by.</param>
    /// <exception cref="ArgumentException">The base URL, a header or the key cannot be used.</exception>
    public HttpProvider(ProviderOptions options, ILogger log, TimeProvider time)
    {
        _log = log;
        Options = options;
        Apis = options.ApiSet() | ApiKind.Models;
        _address = new ProviderAddress(options.BaseUrl, options.BasePath);
        _requestHeaders = new RequestHeaders(options);
        _responseHeaders = new ResponseHeaders(options);
        _clocks = new CallClocks(time);
        _invoker = new HttpMessageInvoker(CreateHandler(options));
    }

    /// <inheritdoc/>
    public ProviderOptions Options { get; }

    /// <inheritdoc/>
    public ApiKind Apis { get; }

    /// <inheritdoc/>
    public ApiKind Counts => Apis & ApiKind.Responses;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var request = CreateRequest(call);
        var clock = _clocks.Rent(cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            var deadline = clock.After(Options.FirstByteTimeout);
            clock.WaitUntil(deadline);
            response = await _invoker.SendAsync(request, clock.Token);
            clock.Settle();
            return await AnswerAsync(response, clock, deadline, cancellationToken);
        }
        catch (Exception e)
        {
            response?.Dispose();
            var failure = Translate(e, clock, cancellationToken);
            _clocks.Return(clock);
            if (failure is ProviderException known)
                LogFailed(Options.Name, call.Api, known.Failure, e);
            throw failure;
        }
    }

    /// <summary>Closes idle connections. Calls that are under way come to their end.</summary>
    public void Dispose() => _invoker.Dispose();

    private static SocketsHttpHandler CreateHandler(ProviderOptions options) => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxConnectionsPerServer = int.MaxValue,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = options.ConnectTimeout > TimeSpan.Zero ? options.ConnectTimeout : Timeout.InfiniteTimeSpan,
        // Connections are made anew now and then, so that a provider's change of address is noticed.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        // The client's trace context goes on by the allow-list, or not at all.
        ActivityHeadersPropagator = null,
        // A reader that stops at the last event, a few bytes before the end, keeps the connection;
        // one that leaves in mid-stream has it closed well within a second.
        MaxResponseDrainSize = 16 * 1024,
        ResponseDrainTimeout = TimeSpan.FromMilliseconds(100),
    };

    private static Exception Translate(Exception e, CallClock clock, CancellationToken caller)
    {
        if (e is ProviderException)
            return e;
        if (caller.IsCancellationRequested)
            return new OperationCanceledException(e.Message, e, caller);
        return new ProviderException(clock.Expired ? ProviderFailure.FirstByteTimeout : HttpFailures.Of(e), e);
    }

    private HttpRequestMessage CreateRequest(ProviderCall call)
    {
        var isGet = call.Api == ApiKind.Models;
        var request = new HttpRequestMessage(isGet ? HttpMethod.Get : HttpMethod.Post, _address.For(call.Api, call.ModelId, call.CountsInput))
        {
            Version = _address.IsTls ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        if (!isGet)
        {
            request.Content = new ReadOnlyMemoryContent(call.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", JsonType);
        }

        _requestHeaders.Apply(request, call);
        return request;
    }

    private async ValueTask<ProviderAnswer> AnswerAsync(
        HttpResponseMessage response, CallClock clock, long deadline, CancellationToken cancellationToken)
    {
        // None was asked for, so nobody here could read it.
        if (response.IsSuccessStatusCode && response.Content.Headers.ContentEncoding.Count > 0)
            throw new ProviderException(ProviderFailure.InvalidAnswer, new InvalidDataException("The provider compressed its answer unasked."));

        var length = response.Content.Headers.ContentLength;
        var headers = _responseHeaders.Pick(response, out var retryAfter);
        var body = new HttpBody(
            await response.Content.ReadAsStreamAsync(CancellationToken.None), _clocks, clock, cancellationToken, Options.IdleTimeout, deadline);
        return new ProviderAnswer((int)response.StatusCode, ResponseHeaders.MediaType(response), body)
        {
            ContentLength = length,
            Headers = headers,
            RetryAfter = retryAfter,
            CacheControl = response.Headers.NonValidated.TryGetValues("Cache-Control", out var control) ? control.ToString() : null,
        };
    }

    [LoggerMessage(3001, LogLevel.Debug, "Provider {Provider}: the {Api} call failed: {Failure}")]
    private partial void LogFailed(string provider, ApiKind api, ProviderFailure failure, Exception exception);
}
