using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.BadProviders;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Upstream;
using Microsoft.Extensions.Logging;

namespace AiGateway.AspNetCore.Tests.Clients;

/// <summary>A client that leaves takes its call at the provider with it, within a second, and is nobody's fault.</summary>
public sealed class LeavingClientTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public Task Before_the_provider_answers(string name) => Scene.RunAsync(name, _ => Script.Silent(), async scene =>
    {
        using var patience = new CancellationTokenSource();
        var call = scene.Call.SendAsync(scene.Gateway, cancellationToken: patience.Token);
        var request = await scene.Upstream.NextRequestAsync();

        await patience.CancelAsync();

        await request.Aborted.WithinAsync(Second);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await AssertNoFaultAsync(scene);
    });

    [Theory]
    [MemberData(nameof(Call.Whole), MemberType = typeof(Call))]
    public Task While_the_answer_comes(string name) => Scene.RunAsync(
        name,
        _ => Script.Sse().ContentType("application/json").Send("""{"id":"x",""").Hang(),
        async scene =>
        {
            using var patience = new CancellationTokenSource();
            var call = scene.Call.SendAsync(scene.Gateway, cancellationToken: patience.Token);
            var request = await scene.Upstream.NextRequestAsync();

            await patience.CancelAsync();

            await request.Aborted.WithinAsync(Second);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
            await AssertNoFaultAsync(scene);
        });

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public Task While_the_model_is_silent(string name) => Scene.RunAsync(name, call => Scene.Begun(call).Hang(), async scene =>
    {
        using var client = new ImpatientClient();
        var response = await client.SendAsync(scene.Gateway, scene.Call);
        var reader = new WireReader(response);
        await reader.ReadUntilAsync("data: ");

        response.Dispose();

        await scene.Upstream.Requests.Single().Aborted.WithinAsync(Second);
        await AssertNoFaultAsync(scene);
    });

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public Task While_it_is_sent_heartbeats(string name) => Scene.RunAsync(
        name,
        call => Scene.Begun(call).Hang(),
        async scene =>
        {
            using var client = new ImpatientClient();
            var response = await client.SendAsync(scene.Gateway, scene.Call);
            await new WireReader(response).ReadUntilAsync(": keep-alive");

            response.Dispose();

            await scene.Upstream.Requests.Single().Aborted.WithinAsync(Second);
            await AssertNoFaultAsync(scene);
        },
        options: o => o with { HeartbeatInterval = TimeSpan.FromMilliseconds(20) });

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public async Task In_the_middle_of_a_flood(string name)
    {
        await using var upstream = PouringUpstream.Start(Flood(Call.Of(name)));
        await using var unused = await ScriptedUpstream.StartAsync();
        await using var gateway = await Call.Of(name).StartAsync(unused, p => p with { BaseUrl = upstream.BaseUrl });
        using var client = new ImpatientClient();
        var response = await client.SendAsync(gateway, Call.Of(name));
        await new WireReader(response).ReadAsync(1_000_000);

        response.Dispose();

        await upstream.CallerLeft.WithinAsync(Second);
        Assert.DoesNotContain(gateway.Log.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public Task In_crowds(string name) => Scene.RunAsync(name, call => Scene.Begun(call).Hang(), async scene =>
    {
        using var client = new ImpatientClient();
        var responses = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => client.SendAsync(scene.Gateway, scene.Call)));
        await Task.WhenAll(responses.Select(r => new WireReader(r).ReadUntilAsync("data: ")));
        Assert.Equal(40, scene.Upstream.ActiveRequests);

        foreach (var response in responses)
            response.Dispose();

        await scene.Upstream.WaitForIdleAsync().WithinAsync(2 * Second);
        await AssertNoFaultAsync(scene);
    });

    /// <summary>One event, over and over, which the gateway passes on to this call's client.</summary>
    internal static string Flood(Call call)
    {
        var text = new string('x', 1000);
        return call switch
        {
            { IsNative: true } => $$"""{"type":"response.output_text.delta","item_id":"msg_1","output_index":0,"content_index":0,"delta":"{{text}}","logprobs":[]}""",
            { IsChat: true } or { IsResponses: true } => $$$"""{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"{{{text}}}"},"finish_reason":null}]}""",
            _ => $$"""{"type":"image_generation.partial_image","b64_json":"{{text}}","partial_image_index":0}""",
        };
    }

    // A client may leave: nothing went wrong that anybody has to be told of.
    private static async Task AssertNoFaultAsync(Scene scene)
    {
        await scene.Upstream.WaitForIdleAsync();
        Assert.DoesNotContain(scene.Gateway.Log.Lines, line => line.Level >= LogLevel.Warning);
    }
}
