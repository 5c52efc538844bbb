using AiGateway.EndToEnd.Tests.DotNet;
using AiGateway.EndToEnd.Tests.Processes;
using AiGateway.Upstream;

namespace AiGateway.EndToEnd.Tests.Standalone;

public sealed class StopTests
{
    [Fact]
    public async Task A_signal_ends_it_at_once_and_lets_its_connections_go()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(environment: new Dictionary<string, string?>(StringComparer.Ordinal) { ["OPENAI_BASE_URL"] = upstream.BaseUrl });
        await new Sdk(gateway.BaseUrl).Chat("any").CompleteChatAsync("Hi");

        gateway.Process.Terminate();

        var exit = gateway.Process.WaitForExitAsync();
        await exit.WithinAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(0, await exit);
        await upstream.WaitForNoConnectionsAsync();
        Assert.Empty(gateway.Process.Errors);
        Assert.False(Directory.Exists($"/proc/{gateway.Process.Id}"));
    }

    [Fact]
    public async Task A_stream_in_progress_is_finished_first()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        var goOn = new TaskCompletionSource();
        upstream.Always(Upstream.Chat.Text("one two three").WaitAfter(2, goOn.Task));
        await using var gateway = await GatewayProcess.StartAsync(environment: new Dictionary<string, string?>(StringComparer.Ordinal) { ["OPENAI_BASE_URL"] = upstream.BaseUrl });
        var told = "";
        await foreach (var update in new Sdk(gateway.BaseUrl).Chat("any").CompleteChatStreamingAsync("Hi"))
        {
            told += string.Concat(update.ContentUpdate.Select(p => p.Text));
            if (told.Length == 0 || goOn.Task.IsCompleted)
                continue;
            gateway.Process.Terminate();
            await gateway.Process.WaitForLineAsync(l => l.Contains("Application is shutting down", StringComparison.Ordinal));
            goOn.SetResult();
        }

        Assert.Equal("one two three", told);
        Assert.Equal(0, await gateway.Process.WaitForExitAsync());
    }
}
