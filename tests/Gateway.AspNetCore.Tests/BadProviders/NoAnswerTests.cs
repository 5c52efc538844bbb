using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Providers;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.BadProviders;

/// <summary>Before the provider has said a word: every call, streamed or not, gets an HTTP status.</summary>
public sealed class NoAnswerTests
{
    // Of a time that only passes where a test lets it.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task A_refused_connection_is_502_provider_unreachable(string name)
    {
        using var dead = new RefusedAddress();
        await FailsAsync(name, dead.BaseUrl, 502, "provider_unreachable");
    }

    [Fact]
    public async Task A_host_that_does_not_exist_is_502_provider_unreachable() =>
        await FailsAsync("chat", "http://no-such-host.invalid/v1", 502, "provider_unreachable");

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task A_connection_that_is_not_accepted_in_time_is_504(string name)
    {
        using var dead = await UnreachableAddress.CreateAsync();

        // Real time, since the HTTP stack measures it, but against nothing: no connection comes, and no other limit is ever over.
        await FailsAsync(name, dead.BaseUrl, 504, "provider_timeout", p => p with { ConnectTimeout = TimeSpan.FromMilliseconds(150) });
    }

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task A_server_that_accepts_and_says_nothing_is_504(string name)
    {
        using var dead = new SilentAddress();
        var time = new TestTime();
        await FailsAsync(
            name,
            dead.BaseUrl,
            504,
            "provider_timeout",
            p => p with { FirstByteTimeout = Limit },
            time,
            async answer =>
            {
                await dead.ConnectedAsync();
                await time.PassAsync(2 * Limit, answer);
            });
    }

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task A_provider_that_does_not_begin_in_time_is_504_and_let_go(string name)
    {
        var time = new TestTime();
        await Scene.RunAsync(
            name,
            _ => Script.Silent(),
            async scene =>
            {
                var answer = scene.AskAsync();
                var request = await scene.Upstream.NextRequestAsync();
                await time.PassAsync(2 * Limit, answer);

                var error = await (await answer).ErrorAsync(504);
                Assert.Equal(("server_error", "provider_timeout", null), (error.Type, error.Code, error.Param));
                await request.Aborted.WaitAsync(Waits.Deadline);
            },
            p => p with { FirstByteTimeout = Limit },
            time: time);
    }

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

    private static async Task FailsAsync(
        string name,
        string baseUrl,
        int status,
        string code,
        Func<ProviderOptions, ProviderOptions>? provider = null,
        TestTime? time = null,
        Func<Task, Task>? meanwhile = null)
    {
        await using var unused = await ScriptedUpstream.StartAsync();
        var call = Call.Of(name);
        await using var gateway = await call.StartAsync(
            unused, p => (provider ?? (x => x))(p with { BaseUrl = baseUrl, ConnectTimeout = Waits.Deadline }), time: time ?? new TestTime());

        var asked = call.SendAsync(gateway, Scene.ClientKey);
        if (meanwhile is not null)
            await meanwhile(asked);
        using var response = await asked;

        var answer = await Answer.ReadAsync(response);
        var error = await answer.ErrorAsync(status);
        Assert.Equal(("server_error", code, null), (error.Type, error.Code, error.Param));
        Assert.DoesNotContain(new Uri(baseUrl).Host, answer.Everything, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain($":{new Uri(baseUrl).Port}", answer.Everything, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", gateway.Log.All, StringComparison.Ordinal);
    }
}
