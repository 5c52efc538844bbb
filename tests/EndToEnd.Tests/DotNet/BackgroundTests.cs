using System.ClientModel;
using AiGateway.EndToEnd.Tests.Scripted;
using AiGateway.Upstream;
using OpenAI.Responses;

namespace AiGateway.EndToEnd.Tests.DotNet;

/// <summary>Responses in the background: polled, followed, resumed, cancelled.</summary>
public sealed class BackgroundTests(ScriptedGateway gateway) : IClassFixture<ScriptedGateway>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Sdk _sdk = new(gateway.Process.BaseUrl);

    public static TheoryData<string> Kinds => ["chat", "native"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Is_polled_to_its_end(string kind)
    {
        var options = Options($"{kind}-held");
        options.Metadata["purpose"] = "test";
        var made = (await _sdk.Responses.CreateResponseAsync(options)).Value;
        Assert.Equal((ResponseStatus.Queued, true, 0), (made.Status, made.BackgroundModeEnabled, made.OutputItems.Count));
        Assert.Null(made.Usage);
        await gateway.Observed.ArrivedAsync(_sdk.Mark);
        Assert.Equal(ResponseStatus.InProgress, (await _sdk.Responses.GetResponseAsync(made.Id)).Value.Status);

        gateway.Observed.Go(_sdk.Mark);
        var polled = await PollAsync(made.Id);

        Assert.Equal((made.Id, ResponseStatus.Completed, Scenario.Text, 17), (polled.Id, polled.Status, polled.GetOutputText(), polled.Usage.TotalTokenCount));
        Assert.Equal(($"{kind}-held", "test", made.CreatedAt), (polled.Model, polled.Metadata["purpose"], polled.CreatedAt));
        Assert.Single(gateway.Observed.Of(_sdk.Mark));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_stream_that_was_left_is_resumed_running_and_after(string kind)
    {
        var first = new List<StreamingResponseUpdate>();
        await foreach (var update in await _sdk.Responses.CreateResponseStreamingAsync(Options($"{kind}-held", streamed: true)))
        {
            first.Add(update);
            if (update is StreamingResponseOutputTextDeltaUpdate)
                break;
        }

        var created = Assert.IsType<StreamingResponseCreatedUpdate>(first[0]).Response;
        Assert.Equal(ResponseStatus.Queued, created.Status);
        Assert.Equal(ResponseStatus.Queued, Assert.IsType<StreamingResponseQueuedUpdate>(first[1]).Response.Status);
        Assert.Equal(ResponseStatus.InProgress, Assert.IsType<StreamingResponseInProgressUpdate>(first[2]).Response.Status);

        using var late = new CancellationTokenSource(Patience);
        var rest = new List<StreamingResponseUpdate>();
        await foreach (var update in await _sdk.Responses.GetResponseStreamingAsync(Resume(created.Id, first[^1].SequenceNumber), late.Token))
        {
            // Held there until somebody reads on: what comes behind is followed live.
            gateway.Observed.Go(_sdk.Mark);
            rest.Add(update);
        }

        List<StreamingResponseUpdate> all = [.. first, .. rest];
        Assert.Equal(Enumerable.Range(0, all.Count), all.Select(u => u.SequenceNumber));
        Assert.Equal(Scenario.Text, Said(all));
        Assert.NotEqual(Scenario.Text, Said(rest));
        var completed = Assert.IsType<StreamingResponseCompletedUpdate>(all[^1]).Response;
        Assert.Equal((created.Id, Scenario.Text, 17), (completed.Id, completed.GetOutputText(), completed.Usage.TotalTokenCount));
        var again = await (await _sdk.Responses.GetResponseStreamingAsync(new GetResponseOptions(created.Id) { StreamingEnabled = true })).ToListAsync();
        Assert.Equal(all.Select(Text), again.Select(Text));
        var later = await (await _sdk.Responses.GetResponseStreamingAsync(Resume(created.Id, 4))).ToListAsync();
        Assert.Equal(all.Skip(5).Select(Text), later.Select(Text));
        Assert.Single(gateway.Observed.Of(_sdk.Mark));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_cancel_ends_it_everywhere(string kind)
    {
        using var late = new CancellationTokenSource(Patience);
        var updates = new List<StreamingResponseUpdate>();
        ResponseResult? cancelled = null;
        await foreach (var update in await _sdk.Responses.CreateResponseStreamingAsync(Options($"{kind}-endless", streamed: true), late.Token))
        {
            updates.Add(update);
            if (update is StreamingResponseOutputTextDeltaUpdate && cancelled is null)
                cancelled = (await _sdk.Responses.CancelResponseAsync(((StreamingResponseCreatedUpdate)updates[0]).Response.Id)).Value;
        }

        Assert.Equal((ResponseStatus.Cancelled, 0), (cancelled!.Status, cancelled.OutputItems.Count));
        Assert.Null(cancelled.Usage);
        await gateway.Observed.AbortedAsync(_sdk.Mark).WithinAsync(Soon, gateway.Process.TakeTurnAsync);
        Assert.Equal(Enumerable.Range(0, updates.Count), updates.Select(u => u.SequenceNumber));
        Assert.Equal(ResponseStatus.Cancelled, Assert.IsType<StreamingResponseFailedUpdate>(updates[^1]).Response.Status);
        Assert.Equal(ResponseStatus.Cancelled, (await _sdk.Responses.GetResponseAsync(cancelled.Id)).Value.Status);
        Assert.Equal(ResponseStatus.Cancelled, (await _sdk.Responses.CancelResponseAsync(cancelled.Id)).Value.Status);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_cannot_be_cancelled_or_resumed_says_why(string kind)
    {
        var plain = (await _sdk.Responses.CreateResponseAsync($"{kind}-text", "Hi")).Value;
        var unstreamed = (await _sdk.Responses.CreateResponseAsync(Options($"{kind}-text"))).Value;
        await PollAsync(unstreamed.Id);

        await RefusedAsync(400, "synchronous", () => _sdk.Responses.CancelResponseAsync(plain.Id));
        await RefusedAsync(400, "background=true", () => FollowAsync(plain.Id));
        await RefusedAsync(400, "stream=true", () => FollowAsync(unstreamed.Id));
        await RefusedAsync(404, "resp_none", () => _sdk.Responses.CancelResponseAsync("resp_none"));
        Assert.Equal(ResponseStatus.Completed, (await _sdk.Responses.CancelResponseAsync(unstreamed.Id)).Value.Status);
    }

    private static async Task RefusedAsync(int status, string words, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<ClientResultException>(call);
        Assert.Equal(status, refused.Status);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    private async Task FollowAsync(string id) => await (await _sdk.Responses.GetResponseStreamingAsync(Resume(id, 0))).ToListAsync();

    private async Task<ResponseResult> PollAsync(string id)
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            var response = (await _sdk.Responses.GetResponseAsync(id, late.Token)).Value;
            if (response.Status is not (ResponseStatus.Queued or ResponseStatus.InProgress))
                return response;
            await Task.Delay(10, late.Token);
        }
    }

    private static string Said(IEnumerable<StreamingResponseUpdate> updates) => string.Concat(updates.OfType<StreamingResponseOutputTextDeltaUpdate>().Select(u => u.Delta));

    private static string Text(StreamingResponseUpdate update) => System.ClientModel.Primitives.ModelReaderWriter.Write(update).ToString();

    private static GetResponseOptions Resume(string id, int after) => new(id) { StreamingEnabled = true, StartingAfter = after };

    private static CreateResponseOptions Options(string model, bool streamed = false) =>
        new(model, [ResponseItem.CreateUserMessageItem("Hi")]) { BackgroundModeEnabled = true, StreamingEnabled = streamed };
}
