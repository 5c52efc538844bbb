using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.BadProviders;

/// <summary>Before the provider has said a word: every call, streamed or not, gets an HTTP status.</summary>
public sealed class NoAnswerTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(150);

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task A_refused_connection_is_502_provider_unreachable(string name)
    {
        using var dead = new RefusedAddress();
        await FailsAsync(name, dead.BaseUrl, 502, "provider_unreachable", patience: TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_host_that_does_not_exist_is_502_provider_unreachable() =>
        await FailsAsync("chat", "http://no-such-host.invalid/v1", 502, "provider_unreachable", patience: TimeSpan.FromSeconds(10));

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task A_connection_that_is_not_accepted_in_time_is_504(string name)
    {
        using var dead = await UnreachableAddress.CreateAsync();
        await FailsAsync(name, dead.BaseUrl, 504, "provider_timeout");
    }

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task A_server_that_accepts_and_says_nothing_is_504(string name)
    {
        using var dead = new SilentAddress();
        await FailsAsync(name, dead.BaseUrl, 504, "provider_timeout");
    }

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public Task A_provider_that_does_not_begin_in_time_is_504_and_let_go(string name) => Scene.RunAsync(
        name,
        _ => Script.Silent(),
        async scene =>
        {
            var error = await (await scene.AskAsync()).ErrorAsync(504);
            Assert.Equal(("server_error", "provider_timeout", null), (error.Type, error.Code, error.Param));
            await scene.Upstream.Requests.Single().Aborted.WaitAsync(TimeSpan.FromSeconds(5));
        },
        p => p with { FirstByteTimeout = 2 * Short });

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public Task A_reset_in_place_of_an_answer_is_502(string name) => Scene.RunAsync(name, _ => Script.Drop(), async scene =>
    {
        var error = await (await scene.AskAsync()).ErrorAsync(502);
        Assert.Equal(("server_error", "provider_closed"), (error.Type, error.Code));
    });

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public Task What_is_no_HTTP_is_502(string name) => Scene.RunAsync(
        name,
        _ => Script.Raw("SSH-2.0-OpenSSH_9.6 on 127.0.0.1\r\n\r\n"),
        async scene => Assert.Equal("provider_invalid_response", (await (await scene.AskAsync()).ErrorAsync(502)).Code));

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task A_redirect_is_not_followed_and_not_passed_on(string name)
    {
        await using var elsewhere = await ScriptedUpstream.StartAsync();
        await Scene.RunAsync(
            name,
            call => Script.Empty(307).Header("Location", elsewhere.WithPath(call.Path)),
            async scene =>
            {
                var answer = await scene.AskAsync();
                await answer.ErrorAsync(502);
                Assert.Null(answer.Header("Location"));
                Assert.DoesNotContain(elsewhere.Address.Authority, answer.Everything, StringComparison.Ordinal);
            });
        Assert.Empty(elsewhere.Requests);
    }

    private static async Task FailsAsync(string name, string baseUrl, int status, string code, TimeSpan? patience = null)
    {
        await using var unused = await ScriptedUpstream.StartAsync();
        var call = Call.Of(name);
        await using var gateway = await call.StartAsync(
            unused, p => p with { BaseUrl = baseUrl, ConnectTimeout = patience ?? Short, FirstByteTimeout = patience ?? 2 * Short });

        using var response = await call.SendAsync(gateway, Scene.ClientKey);

        var answer = await Answer.ReadAsync(response);
        var error = await answer.ErrorAsync(status);
        Assert.Equal(("server_error", code, null), (error.Type, error.Code, error.Param));
        Assert.DoesNotContain(new Uri(baseUrl).Host, answer.Everything, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain($":{new Uri(baseUrl).Port}", answer.Everything, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", gateway.Log.All, StringComparison.Ordinal);
    }
}
