using System.Net;
using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Hooks;

public sealed class AuthenticationHookTests
{
    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task Who_is_let_in_is_known_by_tenant(string name)
    {
        var recorder = new Recorder { Authenticate = call => call.ApiKey == "k1" ? AuthenticationResult.Allow("acme") : AuthenticationResult.NoOpinion };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await Call.Of(name).StartAsync(upstream, hooks: recorder);

        using var response = await Call.Of(name).SendAsync(gateway, "k1");
        await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("acme", (await recorder.Ended.Task.WaitAsync(Waits.Deadline)).Call.Tenant);
        Assert.Equal("Bearer sk-upstream-secret", upstream.Requests[0].Header("Authorization"));
        Assert.DoesNotContain(upstream.Requests[0].Headers, h => h.Value.Any(v => v.Contains("k1", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task A_wrong_key_and_no_key_are_401_and_go_no_further(string name)
    {
        var recorder = new Recorder { Authenticate = call => call.ApiKey == "k1" ? AuthenticationResult.Allow() : AuthenticationResult.NoOpinion };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await Call.Of(name).StartAsync(upstream, hooks: recorder);

        using var wrong = await Call.Of(name).SendAsync(gateway, "sk-wrong-key");
        using var none = await Call.Of(name).SendAsync(gateway);

        var error = await ErrorBody.ReadAsync(wrong, HttpStatusCode.Unauthorized);
        Assert.Equal(("invalid_request_error", "invalid_api_key", null), (error.Type, error.Code, error.Param));
        Assert.DoesNotContain("sk-wrong", error.Message, StringComparison.Ordinal);
        Assert.Contains("didn't provide an API key", (await ErrorBody.ReadAsync(none, HttpStatusCode.Unauthorized)).Message, StringComparison.Ordinal);
        Assert.Equal(["authentication", "error", "authentication", "error"], recorder.Ran);
        Assert.Empty(upstream.Requests);
        Assert.DoesNotContain("sk-wrong", gateway.Log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_strangers_body_is_not_even_looked_at()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream, hooks: new Recorder { Authenticate = _ => AuthenticationResult.Deny() });

        using var response = await gateway.PostAsync("/v1/chat/completions", "{nonsense");

        await ErrorBody.ReadAsync(response, HttpStatusCode.Unauthorized);
    }

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task A_hook_may_refuse_in_its_own_words(string name)
    {
        var own = new GatewayError(403, "permission_error", "not_today", "Not today.", "user") { RetryAfter = "60" };
        var recorder = new Recorder { Authenticate = _ => AuthenticationResult.Deny(own) };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await Call.Of(name).StartAsync(upstream, hooks: recorder);

        using var response = await Call.Of(name).SendAsync(gateway, "k1");

        Assert.Equal(new ErrorBody("permission_error", "not_today", "Not today.", "user"), await ErrorBody.ReadAsync(response, HttpStatusCode.Forbidden));
        Assert.Equal("60", response.Headers.GetValues("Retry-After").Single());
        Assert.Same(own, recorder.Errors.Single().Error);
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/m")]
    public async Task Models_are_not_for_strangers_either(string path)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(
            upstream, hooks: new Recorder { Authenticate = call => call.ApiKey == "k1" ? AuthenticationResult.Allow() : AuthenticationResult.NoOpinion });

        using var stranger = await gateway.Client.GetAsync(path);
        var known = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "api-key", "k1" } } };
        using var friend = await gateway.Client.SendAsync(known);

        await ErrorBody.ReadAsync(stranger, HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, friend.StatusCode);
    }

    [Theory]
    [InlineData("Authorization", "Bearer k1", "k1")]
    [InlineData("Authorization", "bearer  k1 ", "k1")]
    [InlineData("api-key", "k1", "k1")]
    [InlineData("Authorization", "Basic dTpw", null)]
    [InlineData("Authorization", "Bearer ", null)]
    [InlineData("x-other", "k1", null)]
    public async Task A_key_comes_as_bearer_or_as_api_key(string header, string value, string? expected)
    {
        string? seen = "nobody asked";
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream, hooks: new Recorder
        {
            Authenticate = call =>
            {
                seen = call.ApiKey;
                return AuthenticationResult.Allow();
            },
        });

        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await gateway.Client.SendAsync(request);

        Assert.Equal(expected, seen);
    }

    [Fact]
    public async Task The_first_hook_with_an_opinion_decides()
    {
        var unsure = new Recorder { Authenticate = _ => AuthenticationResult.NoOpinion };
        var first = new Recorder { Authenticate = call => call.ApiKey == "bad" ? AuthenticationResult.Deny() : AuthenticationResult.Allow("one") };
        var second = new Recorder { Authenticate = _ => AuthenticationResult.Allow("two") };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream, hooks: [unsure, first, second]);

        using var refused = await Call.Of("chat").SendAsync(gateway, "bad");
        using var let = await Call.Of("chat").SendAsync(gateway, "good");

        await ErrorBody.ReadAsync(refused, HttpStatusCode.Unauthorized);
        Assert.Equal("one", (await second.Ended.Task).Call.Tenant);
        Assert.DoesNotContain("authentication", second.Ran);
    }
}
