using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AiGateway.AspNetCore.Tests.Harness;

namespace AiGateway.AspNetCore.Tests.Responses;

/// <summary>The bytes of a stream: what the suite's own simple parser needs, it does not check (<c>spec/acceptance.md</c> §1).</summary>
public sealed partial class StreamFramingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_event_is_a_name_a_data_line_and_a_blank_line(bool native)
    {
        await using var served = native ? await Served.NativelyAsync() : await Served.ByChatAsync();

        using var response = await served.Gateway.PostAsync("/v1/responses", """{"model":"m","input":"Hello","stream":true}""");
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.True(response.Headers.CacheControl!.NoCache);
        Assert.Equal("no", Assert.Single(response.Headers.GetValues("X-Accel-Buffering")));
        Assert.DoesNotContain('\r', text);
        Assert.EndsWith("\n\ndata: [DONE]\n\n", text, StringComparison.Ordinal);
        var frames = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.True(frames.Length > 8);
        Assert.All(frames[..^1], frame =>
        {
            var match = Frame().Match(frame);
            Assert.True(match.Success, frame);
            Assert.Equal(match.Groups[1].Value, JsonNode.Parse(match.Groups[2].Value)!["type"]!.GetValue<string>());
        });
    }

    [GeneratedRegex(@"\Aevent: (\S+)\ndata: (\{[^\n]*\})\z")]
    private static partial Regex Frame();
}
