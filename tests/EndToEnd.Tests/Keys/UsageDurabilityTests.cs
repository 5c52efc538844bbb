using System.Net.Http.Headers;
using System.Text;
using AiGateway.EndToEnd.Tests.Durability;
using AiGateway.EndToEnd.Tests.Processes;

namespace AiGateway.EndToEnd.Tests.Keys;

/// <summary>What a process that is stopped or killed has recorded of the calls that it served.</summary>
public sealed class UsageDurabilityTests
{
    private const string Ask = """{"model":"demo","messages":[{"role":"user","content":"Hello!"}]}""";

    private static readonly HttpClient Http = new();

    [LinuxFact]
    public async Task A_killed_process_has_all_but_the_last_second()
    {
        await using var gateway = await KeyedProcess.StartAsync();
        for (var round = 1; round <= 3; round++)
        {
            var ids = new List<string>();
            for (var i = 0; i < 100; i++)
                ids.Add(await CallAsync(gateway));

            // Told to be recorded within a second of its end: then all of it is safe, however the process ends.
            await Task.Delay(TimeSpan.FromSeconds(1));
            await CallAsync(gateway);
            gateway.Kill();
            await gateway.RestartAsync();

            var recorded = await RecordedAsync(gateway);
            Assert.Empty(ids.Except(recorded, StringComparer.Ordinal));
            Assert.Equal(recorded.Count, recorded.Distinct(StringComparer.Ordinal).Count());
            Assert.InRange(recorded.Count, 100 * round, 101 * round);
        }
    }

    [LinuxFact]
    public async Task A_stopped_process_has_all()
    {
        await using var gateway = await KeyedProcess.StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 50; i++)
            ids.Add(await CallAsync(gateway));

        gateway.Process.Terminate();
        Assert.Equal(0, await gateway.Process.WaitForExitAsync());
        await gateway.RestartAsync();

        Assert.Equal(ids.Order(StringComparer.Ordinal), (await RecordedAsync(gateway)).Order(StringComparer.Ordinal));
    }

    private static async Task<string> CallAsync(GatewayProcess gateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Address, "/v1/chat/completions")) { Content = new StringContent(Ask, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", KeyedProcess.Key);
        using var response = await Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        await response.Content.ReadAsStringAsync();
        return response.Headers.GetValues("x-request-id").Single();
    }

    private static async Task<List<string>> RecordedAsync(GatewayProcess gateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Address, "/admin/usage?format=csv&key=key"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", KeyedProcess.AdminKey);
        using var response = await Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return [.. (await response.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')[0])];
    }
}
