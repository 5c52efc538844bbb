using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Durability.History;

namespace AiGateway.EndToEnd.Tests.Durability.Driver;

/// <summary>A client that writes down what it is told, and takes it as it comes that the gateway dies under it.</summary>
/// <param name="address">Where to ask, anew each time.</param>
/// <param name="history">Notes.</param>
/// <param name="isPatient">Whether it takes a 503 for a gateway that is not there, and asks again.</param>
internal sealed class GatewayClient(Func<Uri> address, Recorder history, bool isPatient = false) : IDisposable
{
    // Guards against hanging only.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Whether an exception says no more than that the gateway is not there.</summary>
    // A gateway that is killed right after a connection was made: the HTTP stack then lets the socket's own exception through, unwrapped.
    public static bool IsOfConnection(Exception e) => e is HttpRequestException or IOException or System.Net.Sockets.SocketException;

    /// <summary>Asks and reads the whole answer. Null where the gateway died meanwhile.</summary>
    public async Task<(HttpStatusCode Status, string Body)?> TryAsync(HttpMethod method, string path, string? body = null, string? key = null)
    {
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            using var answer = await _http.SendAsync(Request(method, path, body, key), deadline.Token);
            if (isPatient && answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                return null;
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(deadline.Token));
        }
        catch (Exception e) when (IsOfConnection(e))
        {
            return null;
        }
    }

    /// <summary>The same again and again, until the gateway answers.</summary>
    public async Task<(HttpStatusCode Status, string Body)> AskAsync(HttpMethod method, string path, string? body = null, string? key = null)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            if (await TryAsync(method, path, body, key) is { } answer)
                return answer;
            await Task.Delay(50, deadline.Token);
        }
    }

    /// <summary>Reads events, until they end, the connection does, or the client has had enough.</summary>
    /// <param name="method">How to ask.</param>
    /// <param name="path">What to ask.</param>
    /// <param name="body">The request's body.</param>
    /// <param name="key">The idempotency key.</param>
    /// <param name="after">The event behind which it asks to begin.</param>
    /// <param name="isEnough">Whether to leave, after each event.</param>
    /// <param name="told">Called with the response's id as soon as it is known.</param>
    /// <returns>What it read; null where it was not answered at all.</returns>
    public async Task<Reading?> ReadAsync(HttpMethod method, string path, string? body, string? key, long after, Func<Frame, bool> isEnough, Action<string, Reading>? told = null)
    {
        using var deadline = new CancellationTokenSource(Patience);
        Reading? reading = null;
        try
        {
            using var answer = await _http.SendAsync(Request(method, path, body, key), HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            if (isPatient && answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                return null;
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                history.Surprise($"{method} {path} {body} was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(deadline.Token)}");
                return null;
            }

            var events = new EventReader(await answer.Content.ReadAsStreamAsync(deadline.Token));
            reading = new Reading(after);
            while (await events.NextAsync(deadline.Token) is { } frame)
            {
                reading.Add(frame);
                history.Event();
                if (reading.Frames.Count == 1 && told is not null)
                    told(IdOf(frame), reading);
                if (isEnough(frame))
                    return reading;
            }

            reading.IsWhole = events.IsDone;
            return reading;
        }
        catch (Exception e) when (IsOfConnection(e))
        {
            return reading;
        }
    }

    public void Dispose() => _http.Dispose();

    private static string IdOf(Frame first) =>
        (string)JsonNode.Parse(first.Text[(first.Text.IndexOf("data: ", StringComparison.Ordinal) + 6)..])!["response"]!["id"]!;

    private HttpRequestMessage Request(HttpMethod method, string path, string? body, string? key)
    {
        var request = new HttpRequestMessage(method, new Uri(address(), path));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return request;
    }
}
