using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Routing;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Compaction;

/// <summary>A model whose context window is known.</summary>
public sealed class TruncationTests
{
    private const string Input = """
        "input":[{"role":"system","content":"Be brief."},{"role":"user","content":"An old question that is rather long, and longer still."},
          {"role":"assistant","content":"An old answer that is rather long, and longer still."},{"role":"user","content":"New?"}]
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Too_much_is_refused_before_the_provider_is_asked(bool native)
    {
        await using var served = await ServeAsync(native, 40);

        var error = await served.Gateway.RefusedAsync($$"""{"model":"m",{{Input}}}""");

        Assert.Equal(("context_length_exceeded", "input"), (error["code"]!.ToString(), error["param"]!.ToString()));
        Assert.Empty(served.Upstream.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_auto_the_oldest_is_left_out(bool native)
    {
        await using var served = await ServeAsync(native, 40);

        await served.Gateway.CreateAsync($$"""{"model":"m","truncation":"auto",{{Input}}}""");

        var sent = Assert.Single(served.Upstream.Requests).Json;
        Assert.Equal(["system", "assistant", "user"], (sent["messages"] ?? sent["input"])!.AsArray().Select(message => message!["role"]!.ToString()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_fits_goes_whole(bool native)
    {
        await using var served = await ServeAsync(native, 1000);

        await served.Gateway.CreateAsync($$"""{"model":"m","truncation":"auto",{{Input}}}""");

        Assert.Contains("An old question", Assert.Single(served.Upstream.Requests).Text, StringComparison.Ordinal);
    }

    private static Task<Served> ServeAsync(bool native, long window)
    {
        var models = new ModelOptions[] { new() { Name = "*", Provider = "up", ContextWindow = window } };
        return native
            ? Served.NativelyAsync(NativeResponses.Text("Yes."), options => options with { Models = models })
            : Served.ByChatAsync(Chat.Text("Yes."), options => options with { Models = models });
    }
}
