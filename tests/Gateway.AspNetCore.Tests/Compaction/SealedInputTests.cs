using System.Security.Cryptography;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Upstream;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.Compaction;

/// <summary>What comes back sealed opens for whom it was sealed, and for nobody else, now and after a restart.</summary>
public sealed class SealedInputTests
{
    private const string Window = """
        {"model":"demo","input":[{"role":"developer","content":"Be brief."},{"role":"user","content":"The word is slate."},{"role":"assistant","content":"Noted."}]}
        """;

    private readonly KeptSecrets _secrets = new();

    [Fact]
    public async Task No_changed_item_is_taken_and_none_is_more_than_a_400()
    {
        await using var gateway = await StartAsync();
        var good = (await gateway.CompactAsync(Window)).Sealed();

        for (var i = 0; i < good.Length; i++)
        {
            var changed = string.Concat(good.AsSpan(0, i), good[i] == 'A' ? "B" : "A", good.AsSpan(i + 1));
            var error = await gateway.RefusedAsync(Continue(changed));
            Assert.Equal(("invalid_encrypted_content", "input[0].encrypted_content"), (error["code"]!.ToString(), error["param"]!.ToString()));
        }

        Assert.Equal("completed", (await gateway.CreateAsync(Continue(good))).Status());
    }

    [Fact]
    public async Task Another_tenant_learns_nothing_from_it()
    {
        await using var gateway = await StartAsync(hooks: new KeyIsTenant());
        var mine = (await gateway.CompactAsync(Window, key: "mine")).Sealed();

        var theirs = await gateway.RefusedAsync(Continue(mine), key: "theirs");
        var nobodys = await gateway.RefusedAsync(Continue("aigw1.AAAA"), key: "theirs");

        Assert.Equal(nobodys.ToJsonString(), theirs.ToJsonString());
        Assert.Equal("completed", (await gateway.CreateAsync(Continue(mine), key: "mine")).Status());
    }

    [Fact]
    public async Task A_generated_key_is_there_after_a_restart()
    {
        string before;
        await using (var gateway = await StartAsync())
            before = (await gateway.CompactAsync(Window)).Sealed();

        await using var restarted = await StartAsync();

        Assert.Equal("completed", (await restarted.CreateAsync(Continue(before))).Status());
    }

    [Fact]
    public async Task A_key_that_was_changed_still_opens()
    {
        var (old, next) = (NewKey(), NewKey());
        string before;
        await using (var gateway = await StartAsync(new StorageOptions { SealingKey = old }))
            before = (await gateway.CompactAsync(Window)).Sealed();

        await using var rotated = await StartAsync(new StorageOptions { SealingKey = next, PreviousSealingKeys = [old] });
        await using var forgetful = await StartAsync(new StorageOptions { SealingKey = next });

        Assert.Equal("completed", (await rotated.CreateAsync(Continue(before))).Status());
        Assert.Equal("invalid_encrypted_content", (await forgetful.RefusedAsync(Continue(before)))["code"]!.ToString());
        Assert.Equal("completed", (await forgetful.CreateAsync(Continue((await rotated.CompactAsync(Window)).Sealed()))).Status());
    }

    [Fact]
    public async Task Without_anything_sealed_no_secret_is_needed()
    {
        await using var gateway = await TestGateway.StartAsync(new GatewayOptions(), services => services.AddSingleton<IKeptSecrets>(new Broken()));

        Assert.Equal("completed", (await gateway.CreateAsync("""{"model":"demo","input":"Hello","store":false}""")).Status());
        var error = await gateway.CompactRefusedAsync(Window, System.Net.HttpStatusCode.ServiceUnavailable);
        Assert.Equal("storage_unavailable", error["code"]!.ToString());
    }

    [Fact]
    public async Task What_another_server_sealed_goes_to_a_native_provider_as_it_is_and_is_refused_for_chat()
    {
        await using var native = await Served.NativelyAsync();
        await using var chat = await Served.ByChatAsync();
        var request = Continue("gAAAA-theirs").Replace("demo", "m", StringComparison.Ordinal);

        await native.Gateway.CreateAsync(request);

        Assert.Equal("gAAAA-theirs", Assert.Single(native.Upstream.Requests).Json["input"]![0]!["encrypted_content"]!.ToString());
        Assert.Equal("invalid_encrypted_content", (await chat.Gateway.RefusedAsync(request))["code"]!.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_window_compacted_twice_keeps_rules_and_folds_the_first_summary_into_the_second(bool native)
    {
        await using var served = native ? await Served.NativelyAsync() : await Served.ByChatAsync();
        served.Upstream.Enqueue([.. ((string[])["First summary.", "Second summary.", "Answer."]).Select(text => native ? NativeResponses.Text(text) : Chat.Text(text))]);

        var once = await served.Gateway.CompactAsync(Window.Replace("demo", "m", StringComparison.Ordinal));
        var twice = await served.Gateway.CompactAsync($$"""{"model":"m","input":{{once.Then("More.")}}}""");
        await served.Gateway.CreateAsync($$"""{"model":"m","input":{{twice.Then("And?")}}}""");

        Assert.Contains("First summary.", served.Upstream.Requests[1].Text, StringComparison.Ordinal);
        Assert.Equal(3, twice["output"]!.AsArray().Count);
        var sent = served.Upstream.Requests[2];
        Assert.Equal(
            ["user", "user", "developer", "user", "user"],
            (sent.Json["messages"] ?? sent.Json["input"])!.AsArray().Select(message => message!["role"]!.ToString()));
        Assert.Contains("Second summary.", sent.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("First summary.", sent.Text, StringComparison.Ordinal);
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static string Continue(string sealedText) =>
        $$"""{"model":"demo","store":false,"input":[{"type":"compaction","encrypted_content":"{{sealedText}}"},{"role":"user","content":"Which word?"}]}""";

    private Task<TestGateway> StartAsync(StorageOptions? storage = null, params AiGateway.Hooks.IGatewayHook[] hooks) => TestGateway.StartAsync(
        new GatewayOptions { Storage = storage ?? new StorageOptions() }, services => services.AddSingleton<IKeptSecrets>(_secrets), hooks);

    private sealed class Broken : IKeptSecrets
    {
        public ValueTask<ReadOnlyMemory<byte>> GetOrCreateAsync(string name, Func<byte[]> create, CancellationToken cancellationToken) =>
            throw new StorageUnavailableException("The disk is full.");
    }
}
