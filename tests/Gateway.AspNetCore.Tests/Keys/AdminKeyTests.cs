using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;

namespace AiGateway.AspNetCore.Tests.Keys;

/// <summary>The life of a key by the admin API.</summary>
public sealed class AdminKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aigw-keys").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_key_is_shown_once_works_and_is_revoked_at_once()
    {
        await using var gateway = await KeyedGateway.StartAsync();
        var made = await gateway.AdminAsync("POST", "/keys", """{"name":"CI","tenant":"team-a","models":["demo"],"metadata":{"owner":"ann"}}""");
        var (id, key) = (made["id"]!.GetValue<string>(), made["key"]!.GetValue<string>());

        Assert.StartsWith($"aigw-{id}-", key, StringComparison.Ordinal);
        Assert.Equal(200, await gateway.StatusAsync(key));
        var shown = await gateway.AdminAsync("GET", "/keys/" + id);
        Assert.Equal(("CI", "team-a", "active", "ann"), (shown["name"]!.GetValue<string>(), shown["tenant"]!.GetValue<string>(), shown["status"]!.GetValue<string>(), shown["metadata"]!["owner"]!.GetValue<string>()));
        Assert.False(shown.ContainsKey("key"));
        Assert.DoesNotContain(key[^20..], (await gateway.AdminAsync("GET", "/keys")).ToJsonString(), StringComparison.Ordinal);

        Assert.Equal("revoked", (await gateway.AdminAsync("DELETE", "/keys/" + id))["status"]!.GetValue<string>());
        Assert.Equal(401, await gateway.StatusAsync(key));
        await gateway.AdminAsync("POST", $"/keys/{id}/enable", expected: 409);
        Assert.DoesNotContain(key[^20..], gateway.Log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disable_enable_expire_and_change()
    {
        var time = new TestTime();
        time.SetUtcNow(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));
        await using var gateway = await KeyedGateway.StartAsync(time: time);
        var made = await gateway.AdminAsync("POST", "/keys", """{"expires_at":"2026-05-01T01:00:00Z"}""");
        var (path, key) = ("/keys/" + made["id"]!.GetValue<string>(), made["key"]!.GetValue<string>());

        await gateway.AdminAsync("POST", path + "/disable");
        Assert.Equal(401, await gateway.StatusAsync(key));
        await gateway.AdminAsync("POST", path + "/enable");
        Assert.Equal(200, await gateway.StatusAsync(key));
        await gateway.AdminAsync("POST", path, """{"models":["other"]}""");
        Assert.Equal(404, await gateway.StatusAsync(key));
        await gateway.AdminAsync("POST", path, """{"models":null}""");
        Assert.Equal(200, await gateway.StatusAsync(key));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(401, await gateway.StatusAsync(key));
        Assert.Equal("expired", (await gateway.AdminAsync("GET", path))["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_rotated_keys_old_secret_is_good_for_the_overlap_only()
    {
        var time = new TestTime();
        await using var gateway = await KeyedGateway.StartAsync(time: time);
        var made = await gateway.AdminAsync("POST", "/keys", "{}");
        var (path, first) = ("/keys/" + made["id"]!.GetValue<string>(), made["key"]!.GetValue<string>());

        var second = (await gateway.AdminAsync("POST", path + "/rotate", """{"overlap_seconds":60}"""))["key"]!.GetValue<string>();
        Assert.Equal((200, 200), (await gateway.StatusAsync(first), await gateway.StatusAsync(second)));
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal((401, 200), (await gateway.StatusAsync(first), await gateway.StatusAsync(second)));
        var third = (await gateway.AdminAsync("POST", path + "/rotate"))["key"]!.GetValue<string>();
        Assert.Equal((401, 200), (await gateway.StatusAsync(second), await gateway.StatusAsync(third)));
    }

    [Fact]
    public async Task Keys_outlive_the_process_and_no_file_holds_them()
    {
        var storage = new StorageOptions { Path = Path.Combine(_folder, "a.db") };
        string key, revoked;
        await using (var gateway = await KeyedGateway.StartAsync(o => o with { Storage = storage }))
        {
            key = (await gateway.AdminAsync("POST", "/keys", "{}"))["key"]!.GetValue<string>();
            var other = await gateway.AdminAsync("POST", "/keys", "{}");
            revoked = other["key"]!.GetValue<string>();
            await gateway.AdminAsync("POST", $"/keys/{other["id"]}/revoke");
        }

        foreach (var file in Directory.GetFiles(_folder))
            Assert.DoesNotContain(key[18..], await File.ReadAllTextAsync(file, System.Text.Encoding.Latin1), StringComparison.Ordinal);
        await using var next = await KeyedGateway.StartAsync(o => o with { Storage = storage });
        Assert.Equal((200, 401), (await next.StatusAsync(key), await next.StatusAsync(revoked)));
    }

    [Theory]
    [InlineData("""{"name":7}""", "name", "invalid_type")]
    [InlineData("""{"nme":"x"}""", "nme", "unknown_parameter")]
    [InlineData("""{"models":["a*b"]}""", "models[0]", "invalid_value")]
    [InlineData("""{"limits":{"requests_per_minute":-1}}""", "limits.requests_per_minute", "integer_below_min_value")]
    [InlineData("""{"limits":{"requests":1}}""", "limits.requests", "unknown_parameter")]
    [InlineData("""{"budgets":[{"per":"year","tokens":1}]}""", "budgets[0]", "invalid_value")]
    [InlineData("""{"budgets":[{"per":"day","cost":-0.1}]}""", "budgets[0].cost", "invalid_value")]
    [InlineData("""{"budgets":[{"per":"day"}]}""", "budgets[0]", "invalid_value")]
    [InlineData("""{"expires_at":"tomorrow"}""", "expires_at", "invalid_value")]
    [InlineData("""{"metadata":{"a":1}}""", "metadata.a", "invalid_value")]
    [InlineData("""[]""", null, "invalid_json")]
    [InlineData("""{"name":"a","name":"b"}""", null, "invalid_json")]
    public async Task Wrong_fields_are_named(string body, string? param, string code)
    {
        await using var gateway = await KeyedGateway.StartAsync();

        var error = (await gateway.AdminAsync("POST", "/keys", body, 400))["error"]!;

        Assert.Equal((param, code), (error["param"]?.GetValue<string>(), error["code"]?.GetValue<string>()));
    }

    [Fact]
    public async Task The_admin_api_asks_for_its_own_key_and_is_not_there_without_one()
    {
        await using var gateway = await KeyedGateway.StartAsync();
        var key = (await gateway.AdminAsync("POST", "/keys", "{}"))["key"]!.GetValue<string>();
        await gateway.AdminAsync("GET", "/keys", expected: 401, key: key);
        await gateway.AdminAsync("GET", "/keys", expected: 401, key: null);
        await gateway.AdminAsync("GET", "/nothing", expected: 404);
        Assert.Equal(401, await gateway.StatusAsync(KeyedGateway.AdminKey));

        await using var without = await KeyedGateway.StartAsync(o => o with { Admin = new AdminOptions() });
        Assert.Equal("unknown_url", (await without.AdminAsync("GET", "/keys", expected: 404))["error"]!["code"]!.GetValue<string>());
        await using var elsewhere = await KeyedGateway.StartAsync(o => o with { Admin = o.Admin with { Port = 1 } });
        await elsewhere.AdminAsync("GET", "/keys", expected: 404);
    }

    [Fact]
    public async Task With_an_admin_key_nobody_comes_in_without_a_key()
    {
        await using var gateway = await KeyedGateway.StartAsync();
        Assert.Equal(401, await gateway.StatusAsync(null));
        await using var open = await KeyedGateway.StartAsync(o => o with { AllowAnonymous = true });
        Assert.Equal((200, 401), (await open.StatusAsync(null), await open.StatusAsync("sk-wrong-0123456789abcdef")));
    }

    [Fact]
    public async Task Tenants_are_made_changed_and_disabled()
    {
        await using var gateway = await KeyedGateway.StartAsync(o => o with { Tenants = [new TenantOptions { Name = "fixed" }] });
        await gateway.AdminAsync("POST", "/tenants", """{"id":"team/a"}""");
        await gateway.AdminAsync("POST", "/tenants", """{"id":"team/a"}""", 409);
        await gateway.AdminAsync("POST", "/tenants", """{"id":"fixed"}""", 409);
        await gateway.AdminAsync("POST", "/tenants/fixed", "{}", 409);
        await gateway.AdminAsync("POST", "/tenants/none", "{}", 404);
        var key = (await gateway.AdminAsync("POST", "/keys", """{"tenant":"team/a"}"""))["key"]!.GetValue<string>();
        Assert.Equal(200, await gateway.StatusAsync(key));

        var changed = await gateway.AdminAsync("POST", "/tenants/" + Uri.EscapeDataString("team/a"), """{"disabled":true}""");

        Assert.Equal("disabled", changed["status"]!.GetValue<string>());
        Assert.Equal(401, await gateway.StatusAsync(key));
        Assert.Equal(["fixed", "team/a"], (await gateway.AdminAsync("GET", "/tenants"))["data"]!.AsArray().Select(t => t!["id"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Keys_are_listed_in_pages()
    {
        await using var gateway = await KeyedGateway.StartAsync(o => o with { Keys = [new KeyOptions { Id = "fixed", Key = KeyedGateway.Good, Tenant = "t" }] });
        for (var i = 0; i < 4; i++)
            await gateway.AdminAsync("POST", "/keys", i < 2 ? """{"tenant":"t"}""" : "{}");

        var first = await gateway.AdminAsync("GET", "/keys?limit=3");
        var rest = await gateway.AdminAsync("GET", $"/keys?limit=3&after={first["last_id"]}");

        Assert.Equal((3, true, 2, false), (first["data"]!.AsArray().Count, first["has_more"]!.GetValue<bool>(), rest["data"]!.AsArray().Count, rest["has_more"]!.GetValue<bool>()));
        Assert.Equal(3, (await gateway.AdminAsync("GET", "/keys?tenant=t"))["data"]!.AsArray().Count);
        await gateway.AdminAsync("GET", "/keys?limit=x", expected: 400);
        await gateway.AdminAsync("POST", "/keys/fixed", "{}", 409);
        await gateway.AdminAsync("GET", "/keys/none", expected: 404);
    }
}
