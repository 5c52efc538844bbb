using System.ClientModel;
using AiGateway.EndToEnd.Tests.DotNet;
using AiGateway.EndToEnd.Tests.Processes;
using AiGateway.Upstream;

namespace AiGateway.EndToEnd.Tests.Standalone;

public sealed class ReloadTests
{
    [Fact]
    public async Task A_changed_file_is_served_and_a_wrong_one_is_not()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(Settings(upstream, "first"));
        var sdk = new Sdk(gateway.BaseUrl);
        Assert.Equal(404, await StatusAsync(sdk, "second"));

        await File.WriteAllTextAsync(gateway.ConfigFile, GatewayProcess.Text(Settings(upstream, "first", "second")));
        await LoggedAsync(gateway, "The configuration was reloaded: 1 providers, 2 models");
        Assert.Equal(200, await StatusAsync(sdk, "second"));

        await File.WriteAllTextAsync(gateway.ConfigFile, "{ \"Gateway\": { broken");
        await LoggedAsync(gateway, "The changed configuration file was refused");
        Assert.Equal(200, await StatusAsync(sdk, "second"));

        await File.WriteAllTextAsync(gateway.ConfigFile, GatewayProcess.Text(new { Models = new[] { new { Name = "third", Provider = "nobody" } } }));
        await LoggedAsync(gateway, "The changed configuration was refused");
        Assert.Equal(200, await StatusAsync(sdk, "second"));
        Assert.Equal(404, await StatusAsync(sdk, "third"));

        await File.WriteAllTextAsync(gateway.ConfigFile, GatewayProcess.Text(Settings(upstream, "third")));
        await LoggedAsync(gateway, "The configuration was reloaded: 1 providers, 1 models");
        Assert.Equal(200, await StatusAsync(sdk, "third"));
        Assert.Equal(404, await StatusAsync(sdk, "first"));
    }

    [Fact]
    public async Task A_stream_goes_on_over_a_reload()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        var goOn = new TaskCompletionSource();
        upstream.Always(Upstream.Chat.Text("one two three").WaitAfter(2, goOn.Task));
        await using var gateway = await GatewayProcess.StartAsync(Settings(upstream, "first"));
        var told = "";
        await foreach (var update in new Sdk(gateway.BaseUrl).Chat("first").CompleteChatStreamingAsync("Hi"))
        {
            told += string.Concat(update.ContentUpdate.Select(p => p.Text));
            if (told.Length == 0 || goOn.Task.IsCompleted)
                continue;
            await File.WriteAllTextAsync(gateway.ConfigFile, GatewayProcess.Text(Settings(upstream, "second")));
            await LoggedAsync(gateway, "The configuration was reloaded");
            goOn.SetResult();
        }

        Assert.Equal("one two three", told);
    }

    private static Task LoggedAsync(GatewayProcess gateway, string text) =>
        gateway.Process.WaitForLineAsync(l => l.Contains(text, StringComparison.Ordinal), TimeSpan.FromSeconds(30));

    private static object Settings(ScriptedUpstream upstream, params string[] models) => new
    {
        Providers = new[] { new { Name = "up", upstream.BaseUrl } },
        Models = models.Select(name => new { Name = name, Provider = "up" }),
    };

    private static async Task<int> StatusAsync(Sdk sdk, string model)
    {
        try
        {
            return (await sdk.Chat(model).CompleteChatAsync("Hi")).GetRawResponse().Status;
        }
        catch (ClientResultException e)
        {
            return e.Status;
        }
    }
}
