using AiGateway.Hooks;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Responses;

/// <summary>What hooks do to a response's events; that all that repeats a delta agrees with it, the checker sees.</summary>
public sealed class StreamHookTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_edited_delta_is_edited_everywhere(bool native)
    {
        await using var served = await StartAsync(native, new OnEvent(streamed => streamed.EditText(text => text.Replace("secret", "******", StringComparison.Ordinal))));

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal("My ****** is six", stream.Joined("response.output_text.delta"));
        Assert.Equal("My ****** is six", stream.Final.OutputText());
        Assert.All(stream.Events, streamed => Assert.DoesNotContain("secret", streamed.ToJsonString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_dropped_delta_leaves_no_gap_and_no_trace(bool native)
    {
        await using var served = await StartAsync(native, new OnEvent(streamed =>
        {
            if (streamed.Type == "response.output_text.delta" && streamed.Json["delta"]!.GetValue<string>() == " secret")
                streamed.Drop();
        }));

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal("My is six", stream.Final.OutputText());
        Assert.All(stream.Events, streamed => Assert.DoesNotContain("secret", streamed.ToJsonString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Edited_arguments_are_edited_everywhere(bool native)
    {
        var call = new ToolCall("call_a", "f", """{"x":"secret"}""");
        var style = ToolCallStyle.Fragmented with { FragmentLength = 100 };
        await using var served = await StartAsync(
            native,
            new OnEvent(streamed =>
            {
                if (streamed.Type == "response.function_call_arguments.delta")
                    streamed.Json["delta"] = streamed.Json["delta"]!.GetValue<string>().Replace("secret", "******", StringComparison.Ordinal);
            }),
            native ? NativeResponses.Reply(new NativeFunctionCall(call) { FragmentLength = 100 }) : Chat.ToolCalls(style, call));

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal("""{"x":"******"}""", Assert.Single(stream.Final.Items("function_call"))["arguments"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_stored_is_what_was_seen(bool native)
    {
        await using var served = await StartAsync(native, new OnEvent(streamed => streamed.EditText(text => text.Replace("secret", "******", StringComparison.Ordinal))));
        var first = (await served.Gateway.StreamAsync(Served.Hello)).Final;

        await served.Gateway.CreateAsync($$"""{"model":"m","input":"And?","previous_response_id":"{{first.Id()}}"}""");

        Assert.Contains("******", served.Upstream.Requests[1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", served.Upstream.Requests[1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hook_cannot_spoil_type_and_number(bool native)
    {
        await using var served = await StartAsync(native, new OnEvent(streamed =>
        {
            streamed.Json["sequence_number"] = 99;
            streamed.Json["type"] = "acme:nonsense";
            streamed.Json["acme_seen"] = true;
        }));

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.All(stream.Events, streamed => Assert.True(streamed["acme_seen"]!.GetValue<bool>()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hook_that_throws_in_mid_stream_fails_the_response(bool native)
    {
        await using var served = await StartAsync(native, new OnEvent(streamed =>
        {
            if (streamed.Type == "response.output_text.delta")
                throw new InvalidOperationException("hook-internal-detail");
        }));

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal("failed", stream.Final.Status());
        Assert.All(stream.Events, streamed => Assert.DoesNotContain("hook-internal-detail", streamed.ToJsonString(), StringComparison.Ordinal));
    }

    private static Task<Served> StartAsync(bool native, IGatewayHook hook, Script? script = null) => native
        ? Served.NativelyAsync(script ?? NativeResponses.Text("My secret is six"), null, hook)
        : Served.ByChatAsync(script ?? Chat.Text("My secret is six"), null, hook);

    private sealed class OnEvent(Action<StreamEvent> act) : IStreamHook
    {
        public ValueTask OnStreamEventAsync(GatewayCall call, StreamEvent streamEvent, CancellationToken cancellationToken)
        {
            act(streamEvent);
            return default;
        }
    }
}
