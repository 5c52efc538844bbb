using System.Net;
using System.Security.Cryptography;
using System.Text;
using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Protocol;

namespace AiGateway.AspNetCore.Tests.Keys;

/// <summary>Keys of the configuration, and of hooks.</summary>
public sealed class ConfiguredKeyTests
{
    private const string Wrong = "sk-wrong-0123456789abcdef";

    [Fact]
    public async Task A_key_is_taken_from_either_header_and_no_other_key_is()
    {
        await using var gateway = await WithAsync(new KeyOptions { Id = "k", Key = KeyedGateway.Good });
        using var byHeader = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(KeyedGateway.Ask, Encoding.UTF8, "application/json") };
        byHeader.Headers.Add("api-key", KeyedGateway.Good);
        using var answer = await gateway.Client.SendAsync(byHeader);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(200, await gateway.StatusAsync(KeyedGateway.Good));
        using var wrong = await gateway.PostAsync("/v1/chat/completions", KeyedGateway.Ask, Wrong);
        var error = await ErrorBody.ReadAsync(wrong, HttpStatusCode.Unauthorized);
        Assert.Equal(("invalid_request_error", "invalid_api_key"), (error.Type, error.Code));
        using var none = await gateway.PostAsync("/v1/chat/completions", KeyedGateway.Ask);
        Assert.Contains("didn't provide", (await ErrorBody.ReadAsync(none, HttpStatusCode.Unauthorized)).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789abcdef", gateway.Log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_given_as_its_hash_is_as_good()
    {
        var hash = "sha256:" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(KeyedGateway.Good)));
        await using var gateway = await WithAsync(new KeyOptions { Id = "k", Hash = hash });

        Assert.Equal((200, 401), (await gateway.StatusAsync(KeyedGateway.Good), await gateway.StatusAsync(Wrong)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("aigw-")]
    [InlineData("aigw-aaaaaaaaaaaa-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("sk-good-0123456789abcdeF")]
    [InlineData("sk-good-0123456789abcde")]
    [InlineData("sk-good-0123456789abcdef0")]
    public async Task What_is_no_key_of_anybodys_is_refused(string key)
    {
        await using var gateway = await WithAsync(new KeyOptions { Id = "k", Key = KeyedGateway.Good });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        using var answer = await gateway.Client.SendAsync(request);

        await ErrorBody.ReadAsync(answer, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Expired_and_disabled_keys_and_tenants_are_refused()
    {
        await using var gateway = await KeyedGateway.StartAsync(o => o with
        {
            Keys =
            [
                new KeyOptions { Id = "old", Key = "sk-old-0123456789abcdef", ExpiresAt = "2020-01-01T00:00:00Z" },
                new KeyOptions { Id = "off", Key = "sk-off-0123456789abcdef", Disabled = true },
                new KeyOptions { Id = "gone", Key = "sk-gone-0123456789abcdef", Tenant = "gone" },
                new KeyOptions { Id = "new", Key = KeyedGateway.Good, ExpiresAt = "2120-01-01T00:00:00Z" },
            ],
            Tenants = [new TenantOptions { Name = "gone", Disabled = true }],
        });

        using var old = await gateway.PostAsync("/v1/chat/completions", KeyedGateway.Ask, "sk-old-0123456789abcdef");
        Assert.Contains("expired", (await ErrorBody.ReadAsync(old, HttpStatusCode.Unauthorized)).Message, StringComparison.Ordinal);
        Assert.Equal((401, 401, 200), (await gateway.StatusAsync("sk-off-0123456789abcdef"), await gateway.StatusAsync("sk-gone-0123456789abcdef"), await gateway.StatusAsync(KeyedGateway.Good)));
    }

    [Fact]
    public async Task A_model_that_a_key_may_not_use_does_not_exist_for_it()
    {
        await using var gateway = await KeyedGateway.StartAsync(o => o with
        {
            Keys = [new KeyOptions { Id = "k", Key = KeyedGateway.Good, Models = ["oth*"] }, new KeyOptions { Id = "t", Key = Wrong, Tenant = "t" }],
            Tenants = [new TenantOptions { Name = "t", Models = ["demo"] }],
        });

        using var refused = await gateway.PostAsync("/v1/chat/completions", KeyedGateway.Ask, KeyedGateway.Good);
        var error = await ErrorBody.ReadAsync(refused, HttpStatusCode.NotFound);
        Assert.Equal(("model_not_found", "model"), (error.Code, error.Param));
        Assert.Equal(200, await gateway.StatusAsync(KeyedGateway.Good, KeyedGateway.Ask.Replace("demo", "other", StringComparison.Ordinal)));
        Assert.Equal(["other"], await ModelsAsync(gateway, KeyedGateway.Good));
        Assert.Equal(["demo"], await ModelsAsync(gateway, Wrong));
        Assert.Equal((404, 200), (await ModelAsync(gateway, "demo", KeyedGateway.Good), await ModelAsync(gateway, "other", KeyedGateway.Good)));
    }

    [Fact]
    public async Task Tenants_do_not_see_each_others_objects()
    {
        await using var gateway = await KeyedGateway.StartAsync(o => o with
        {
            Keys = [new KeyOptions { Id = "a", Key = KeyedGateway.Good, Tenant = "a" }, new KeyOptions { Id = "b", Key = Wrong, Tenant = "b" }],
        });
        var made = await gateway.PostJsonAsync("/v1/responses", """{"model":"demo","input":"Hello"}""", key: KeyedGateway.Good);
        var path = "/v1/responses/" + made["id"]!.GetValue<string>();

        await gateway.SendJsonAsync(HttpMethod.Get, path, HttpStatusCode.NotFound, Wrong);
        await gateway.SendJsonAsync(HttpMethod.Delete, path, HttpStatusCode.NotFound, Wrong);
        await gateway.SendJsonAsync(HttpMethod.Get, path, key: KeyedGateway.Good);
    }

    [Fact]
    public async Task A_hooks_result_is_kept_as_long_as_it_says()
    {
        var time = new TestTime();
        var hook = new CountingHook();
        await using var gateway = await KeyedGateway.StartAsync(time: time, hooks: hook);

        Assert.Equal((200, 200, 401, 401), (await gateway.StatusAsync("ext-1"), await gateway.StatusAsync("ext-1"), await gateway.StatusAsync("ext-2"), await gateway.StatusAsync("ext-2")));
        Assert.Equal(2, hook.Asked);
        Assert.Equal(404, await gateway.StatusAsync("ext-1", KeyedGateway.Ask.Replace("demo", "other", StringComparison.Ordinal)));
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(200, await gateway.StatusAsync("ext-1"));
        Assert.Equal(3, hook.Asked);
    }

    [Fact]
    public async Task Who_guesses_is_slowed_but_not_a_neighbour_whose_key_was_good_before()
    {
        var time = new TestTime();
        await using var gateway = await KeyedGateway.StartAsync(
            o => o with { Keys = [new KeyOptions { Id = "k", Key = KeyedGateway.Good }, new KeyOptions { Id = "n", Key = "sk-next-0123456789abcdef" }] }, time);
        Assert.Equal(200, await gateway.StatusAsync(KeyedGateway.Good));
        for (var i = 0; i < 10; i++)
            Assert.Equal(401, await gateway.StatusAsync(Wrong + i));

        using var slowed = await gateway.PostAsync("/v1/chat/completions", KeyedGateway.Ask, Wrong);
        Assert.Equal("too_many_failed_attempts", (await ErrorBody.ReadAsync(slowed, HttpStatusCode.TooManyRequests)).Code);
        Assert.Equal("6", slowed.Headers.GetValues("Retry-After").Single());

        // Even the right one: a guess must not tell by its answer that it was right.
        Assert.Equal(429, await gateway.StatusAsync("sk-next-0123456789abcdef"));
        Assert.Equal(200, await gateway.StatusAsync(KeyedGateway.Good));
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal((401, 429), (await gateway.StatusAsync(Wrong), await gateway.StatusAsync(Wrong)));
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(200, await gateway.StatusAsync("sk-next-0123456789abcdef"));
    }

    private static Task<TestGateway> WithAsync(params KeyOptions[] keys) => KeyedGateway.StartAsync(o => o with { Keys = keys, Admin = new AdminOptions() });

    private static async Task<string[]> ModelsAsync(TestGateway gateway, string key) =>
        [.. (await gateway.SendJsonAsync(HttpMethod.Get, "/v1/models", key: key))["data"]!.AsArray().Select(m => m!["id"]!.GetValue<string>())];

    private static async Task<int> ModelAsync(TestGateway gateway, string model, string key)
    {
        using var response = await gateway.SendAsync(HttpMethod.Get, "/v1/models/" + model, key);
        return (int)response.StatusCode;
    }

    private sealed class CountingHook : IAuthenticationHook
    {
        public int Asked { get; private set; }

        public ValueTask<AuthenticationResult> AuthenticateAsync(GatewayCall call, CancellationToken cancellationToken)
        {
            Asked++;
            return new(call.ApiKey == "ext-1"
                ? AuthenticationResult.Allow("ext", "ext-key", models: ["demo"], cacheFor: TimeSpan.FromSeconds(30))
                : AuthenticationResult.Deny(GatewayErrors.Unauthorized(), TimeSpan.FromSeconds(30)));
        }
    }
}
