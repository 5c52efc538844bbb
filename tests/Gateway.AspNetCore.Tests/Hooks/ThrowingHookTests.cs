using System.Net;
using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.BadProviders;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Upstream;
using Microsoft.Extensions.Logging;

namespace AiGateway.AspNetCore.Tests.Hooks;

public sealed class ThrowingHookTests
{
    private const string Inner = "connection string: secret-of-the-hook";

    public static TheoryData<string, string> EveryCallAndPlace()
    {
        var data = new TheoryData<string, string>();
        foreach (var row in Call.All)
        {
            data.Add(row, "authentication");
            data.Add(row, "request");
            if (!Call.Of(row).IsStream)
                data.Add(row, "response");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EveryCallAndPlace))]
    public async Task What_a_hook_throws_is_a_500_that_says_nothing_and_an_error_hook_sees_it(string name, string place)
    {
        var recorder = Throwing(place, () => new InvalidOperationException(Inner));
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await Call.Of(name).StartAsync(upstream, hooks: recorder);

        using var response = await Call.Of(name).SendAsync(gateway);

        var error = await ErrorBody.ReadAsync(response, HttpStatusCode.InternalServerError);
        Assert.Equal(("server_error", "internal_error", null), (error.Type, error.Code, error.Param));
        Assert.DoesNotContain("secret-of-the-hook", error.Message, StringComparison.Ordinal);
        Assert.Equal(Inner, Assert.IsType<InvalidOperationException>(recorder.Errors.Single().Exception).Message);
        Assert.Contains(gateway.Log.Lines, l => l.Level == LogLevel.Error && l.Text.Contains(Inner, StringComparison.Ordinal));
        await upstream.WaitForIdleAsync();
    }

    [Theory]
    [MemberData(nameof(EveryCallAndPlace))]
    public async Task A_GatewayException_of_a_hook_is_that_error(string name, string place)
    {
        var own = new GatewayError(418, "teapot_error", "teapot", "I am a teapot.", "brew");
        var recorder = Throwing(place, () => new GatewayException(own));
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await Call.Of(name).StartAsync(upstream, hooks: recorder);

        using var response = await Call.Of(name).SendAsync(gateway);

        Assert.Equal(new ErrorBody("teapot_error", "teapot", "I am a teapot.", "brew"), await ErrorBody.ReadAsync(response, (HttpStatusCode)418));
        Assert.Same(own, recorder.Errors.Single().Error);
    }

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public async Task A_hook_that_throws_in_mid_stream_ends_it_with_an_error(string name)
    {
        var events = 0;
        var recorder = new Recorder
        {
            Stream = (_, e) =>
            {
                // Only what the provider says is thrown at: the error itself goes through the same hooks.
                if (Interlocked.Increment(ref events) == 3)
                    throw new InvalidOperationException(Inner);
            },
        };
        await Scene.RunAsync(name, Scene.GoodStream, async scene =>
        {
            var error = (await scene.AskAsync()).StreamError(scene.Call);
            Assert.Equal(("server_error", "internal_error"), (error.Type, error.Code));
            Assert.DoesNotContain("secret-of-the-hook", error.Message, StringComparison.Ordinal);
            Assert.Equal(Inner, recorder.Errors.Single().Exception!.Message);
        }, hooks: recorder);
    }

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public async Task A_GatewayException_in_mid_stream_is_that_error(string name)
    {
        var events = 0;
        var recorder = new Recorder
        {
            Stream = (_, _) =>
            {
                if (Interlocked.Increment(ref events) == 3)
                    throw new GatewayException(new GatewayError(400, "policy_error", "blocked", "No more of this."));
            },
        };
        await Scene.RunAsync(name, Scene.GoodStream, async scene =>
        {
            var error = (await scene.AskAsync()).StreamError(scene.Call);
            Assert.Equal(("policy_error", "blocked", "No more of this."), (error.Type, error.Code, error.Message));
        }, hooks: recorder);
    }

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public async Task A_response_hook_that_throws_behind_a_stream_harms_no_client(string name)
    {
        var recorder = Throwing("response", () => new InvalidOperationException(Inner));
        await Scene.RunAsync(name, Scene.GoodStream, async scene =>
        {
            var answer = await scene.AskAsync();
            Assert.DoesNotContain("\"error\":{", answer.Body, StringComparison.Ordinal);
            await scene.Upstream.WaitForIdleAsync();
        }, hooks: recorder);
    }

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task An_error_hook_sees_the_providers_failure_and_its_own_changes_nothing(string name)
    {
        var throws = new Recorder { Error = (_, _, _) => throw new InvalidOperationException(Inner) };
        var sees = new Recorder();
        await Scene.RunAsync(name, _ => Errors.RateLimited(3), async scene =>
        {
            await (await scene.AskAsync()).ErrorAsync(429);
            var (error, exception) = sees.Errors.Single();
            Assert.Equal((429, "rate_limit_exceeded"), (error.Status, error.Code));
            Assert.IsType<GatewayException>(exception);
            Assert.Contains(scene.Gateway.Log.Lines, l => l.Text.Contains(Inner, StringComparison.Ordinal));
        }, hooks: [throws, sees]);
    }

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public async Task An_error_hook_sees_a_stream_break(string name)
    {
        var recorder = new Recorder();
        await Scene.RunAsync(name, call => Scene.Begun(call).CloseEarly(), async scene =>
        {
            (await scene.AskAsync()).StreamError(scene.Call);
            Assert.Equal("provider_closed", recorder.Errors.Single().Error.Code);
        }, hooks: recorder);
    }

    private static Recorder Throwing(string place, Func<Exception> make)
    {
        return new Recorder
        {
            Authenticate = _ => At("authentication", AuthenticationResult.Allow()),
            Request = call => At("request", call),
            Response = (call, _) => At("response", call),
        };

        T At<T>(string here, T otherwise) => here == place ? throw make() : otherwise;
    }
}
