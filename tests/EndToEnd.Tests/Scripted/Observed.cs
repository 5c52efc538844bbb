using System.Collections.Concurrent;
using AiGateway.Upstream;

namespace AiGateway.EndToEnd.Tests.Scripted;

/// <summary>What of a test's calls reached the upstream. A test marks its calls with a header that the gateway passes on.</summary>
/// <remarks>
/// Tests in another process ask the upstream itself: <c>GET /observed/{mark}</c> for the bodies received; <c>…/arrived</c> and
/// <c>…/aborted</c>, which answer when a call has come, or its caller has left; and <c>…/go</c>, which lets a held answer go on.
/// </remarks>
internal sealed class Observed(ScriptedUpstream upstream)
{
    /// <summary>The header of the mark.</summary>
    public const string Header = "X-Client-Request-Id";

    private const string Path = "/observed/";

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _held = new(StringComparer.Ordinal);

    /// <summary>The marked calls so far.</summary>
    public IReadOnlyList<ReceivedRequest> Of(string mark) => [.. upstream.Requests.Where(r => r.Header(Header) == mark)];

    /// <summary>Waits for the first marked call.</summary>
    public async Task<ReceivedRequest> ArrivedAsync(string mark)
    {
        await upstream.WaitUntilAsync(_ => Of(mark).Count > 0);
        return Of(mark)[0];
    }

    /// <summary>Waits until the caller of the first marked call has left.</summary>
    public async Task AbortedAsync(string mark) => await (await ArrivedAsync(mark)).Aborted;

    /// <summary>What a held answer to a marked call waits for.</summary>
    public Task Held(string mark) => Gate(mark).Task;

    /// <summary>Lets the held answers to marked calls go on.</summary>
    public void Go(string mark) => Gate(mark).TrySetResult();

    public static bool IsAsked(ReceivedRequest request) => request.RawPath.StartsWith(Path, StringComparison.Ordinal);

    public Script Answer(ReceivedRequest request) => request.RawPath[Path.Length..].Split('/') switch
    {
        [var mark] => Script.Json(Of(mark).Select(r => new { path = r.RawPath, body = r.Json })),
        [var mark, "arrived"] => Script.Json("{}").WaitBeforeHeaders(ArrivedAsync(mark)),
        [var mark, "aborted"] => Script.Json("{}").WaitBeforeHeaders(AbortedAsync(mark)),
        [var mark, "go"] => Gone(mark),
        _ => Errors.ServerError(404),
    };

    private Script Gone(string mark)
    {
        Go(mark);
        return Script.Json("{}");
    }

    private TaskCompletionSource Gate(string mark) =>
        _held.GetOrAdd(mark, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
