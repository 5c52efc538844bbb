using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Reflection;
using AiGateway.Configuration;
using AiGateway.Engine;

namespace AiGateway.Webhooks;

/// <summary>Posts deliveries to their endpoints. What it says of a failure names no URL.</summary>
internal sealed class WebhookClient(TimeProvider time) : IDisposable
{
    private static readonly string UserAgent = $"AiGateway/{typeof(WebhookClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]}";

    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler
    {
        UseProxy = false,
        // A delivery is for the address that was configured, and for no other that it points to.
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ActivityHeadersPropagator = null,
        // Nothing but the status is wanted: a longer body, or a slow one, is cut off.
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = 16 * 1024,
        ResponseDrainTimeout = TimeSpan.FromMilliseconds(100),
    });

    /// <summary>Tries to deliver once.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="delivery">The delivery.</param>
    /// <param name="cancellationToken">Gives up: whether it was delivered is not known then.</param>
    /// <returns>What came of it.</returns>
    public async Task<WebhookAttempt> SendAsync(WebhookOptions endpoint, WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(endpoint.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using var request = Request(endpoint, delivery, time.GetUtcNow().ToUnixTimeSeconds());
            using var response = await _invoker.SendAsync(request, either.Token);
            return new WebhookAttempt((int)response.StatusCode, null, Wait(response.Headers.RetryAfter));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new WebhookAttempt(null, late.IsCancellationRequested ? $"did not answer within {endpoint.Timeout}" : Words(e));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _invoker.Dispose();

    private static HttpRequestMessage Request(WebhookOptions endpoint, WebhookDelivery delivery, long timestamp)
    {
        var url = new Uri(endpoint.Url);
        var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Version = url.Scheme == Uri.UriSchemeHttps ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = new ReadOnlyMemoryContent(delivery.Body),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.TryAddWithoutValidation("webhook-id", delivery.Id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", WebhookSignature.Of(endpoint.Key()!, delivery.Id, timestamp, delivery.Body.Span));
        return request;
    }

    private static string Words(Exception e) => e is HttpRequestException http ? $"could not be asked ({http.HttpRequestError})" : $"could not be asked ({e.GetType().Name})";

    private TimeSpan? Wait(RetryConditionHeaderValue? header) => header?.Delta ?? header?.Date - time.GetUtcNow();
}
