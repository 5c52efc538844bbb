using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Clients;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Upstream;
using static AiGateway.AspNetCore.Tests.StoredCompletions.CompletionCalls;

namespace AiGateway.AspNetCore.Tests.StoredCompletions;

/// <summary>A client that was told the end finds its completion, whatever happens then; and one whose completion cannot be kept is told so.</summary>
public sealed class KeptBeforeTheEndTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_whole_answer_waits_until_it_is_kept()
    {
        var store = new HeldStore();
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, store);

        var answer = gateway.PostAsync(Root, Ask);
        await store.Asked.WaitAsync(Patience);
        Assert.False(answer.IsCompleted);
        store.Release();

        using var response = await answer.WaitAsync(Patience);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_streams_text_does_not_wait_but_its_end_does()
    {
        var store = new HeldStore();
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream.Always(Chat.Text("One two")), store);

        using var response = await gateway.PostAsync(Root, Streamed(Ask));
        var reader = new WireReader(response);
        var text = await reader.ReadUntilAsync("\"finish_reason\":\"stop\"").WaitAsync(Patience);
        await store.Asked.WaitAsync(Patience);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        store.Release();

        await reader.ReadUntilAsync("[DONE]").WaitAsync(Patience);
    }

    [Fact]
    public async Task A_whole_answer_that_cannot_be_kept_is_503()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, new HeldStore().Break());

        var error = await gateway.RefusedAsync("POST", Root, HttpStatusCode.ServiceUnavailable, Ask);

        Assert.Equal(("server_error", "storage_unavailable"), (error.Text("type"), error.Text("code")));
        await gateway.PostJsonAsync(Root, Ask.Replace("true", "false", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_that_cannot_be_kept_ends_with_an_error_and_no_end_mark()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream.Always(Chat.Text("One two")), new HeldStore().Break());

        var events = await gateway.PostStreamAsync(Root, Streamed(Ask));

        Assert.Contains(events, e => e.Data.Contains("two", StringComparison.Ordinal));
        Assert.DoesNotContain(events, e => e.Data == "[DONE]");
        Assert.Equal("storage_unavailable", JsonNode.Parse(events[^1].Data)!["error"]!["code"]!.GetValue<string>());
        Assert.DoesNotContain(events, e => e.Data.Contains("disk", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_kept_for_a_client_that_left()
    {
        var store = new HeldStore();
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream.Always(Chat.Text("One two three").Take(2).Hang()), store);

        using (var response = await gateway.PostAsync(Root, Streamed(Ask)))
            await new WireReader(response).ReadUntilAsync("One");
        await (await upstream.NextRequestAsync()).Aborted.WaitAsync(Patience);

        Assert.False(store.Asked.IsCompleted);
    }
}
