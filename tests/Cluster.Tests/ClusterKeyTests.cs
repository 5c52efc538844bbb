using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace AiGateway.Cluster.Tests;

/// <summary>Keys that the admin API made, and what was used under them, are the cluster's, not a node's.</summary>
public sealed class ClusterKeyTests : IDisposable
{
    private const string AdminKey = "admin-key-of-the-tests";

    private readonly HttpClient _http = new();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_key_made_at_one_frontend_works_at_another_is_revoked_from_there_and_what_it_used_is_recorded_once()
    {
        await using var scene = await ClusterScene.StartAsync(silos: 1, frontends: 2, adminKey: AdminKey);
        var (one, other) = (scene.Frontends[0], scene.Frontends[1]);
        var (status, made) = await AskAsync(one, "POST", "/admin/keys", AdminKey, """{"name":"CI","tenant":"team"}""");
        Assert.True(status == HttpStatusCode.OK, made);
        var (id, key) = ((string)JsonNode.Parse(made)!["id"]!, (string)JsonNode.Parse(made)!["key"]!);

        // Not by trying: who comes with keys that are unknown is slowed.
        await UntilAsync(async () => (await AskAsync(other, "GET", "/admin/keys/" + id, AdminKey)).Status == HttpStatusCode.OK, scene);
        var ids = new List<string>();
        foreach (var (frontend, background) in new[] { (one, false), (other, false), (one, true), (other, true) })
        {
            var (called, body) = await AskAsync(frontend, "POST", "/v1/responses", key, Calls.Body(3, background: background));
            Assert.True(called == HttpStatusCode.OK, body);
            ids.Add((string)JsonNode.Parse(body)!["id"]!);
        }

        foreach (var response in ids)
            await UntilAsync(async () => (await AskAsync(one, "GET", "/v1/responses/" + response, key)).Body.Contains("\"status\":\"completed\"", StringComparison.Ordinal), scene);
        await UntilAsync(async () => await UsedAsync(one, id) >= 4, scene);
        Assert.Equal(4, await UsedAsync(other, id));
        var records = (await AskAsync(other, "GET", "/admin/usage?format=csv&key=" + id, AdminKey)).Body.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
        Assert.Equal(4, records.Length);
        Assert.All(ids[2..], background => Assert.Single(records, record => record.StartsWith(background + ",team," + id, StringComparison.Ordinal)));

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(other, "DELETE", "/admin/keys/" + id, AdminKey)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(other, "GET", "/v1/models", key)).Status);
        await UntilAsync(async () => (await AskAsync(one, "GET", "/v1/models", key)).Status == HttpStatusCode.Unauthorized, scene);
        Assert.DoesNotContain(key[^20..], scene.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_run_used_whose_silo_was_killed_is_estimated_and_recorded_once()
    {
        await using var scene = await ClusterScene.StartAsync(silos: 1, frontends: 1, adminKey: AdminKey);
        var frontend = scene.Frontends[0];
        var made = JsonNode.Parse((await AskAsync(frontend, "POST", "/admin/keys", AdminKey, "{}")).Body)!;
        var (id, key) = ((string)made["id"]!, (string)made["key"]!);
        var response = (string)JsonNode.Parse((await AskAsync(frontend, "POST", "/v1/responses", key, Calls.Body(5, hold: true, stream: false))).Body)!["id"]!;
        await UntilAsync(async () => (await AskAsync(frontend, "GET", "/v1/responses/" + response, key)).Body.Contains("\"status\":\"in_progress\"", StringComparison.Ordinal), scene);

        scene.Silos[0].Kill();
        await scene.Silos[0].StartAsync();

        await UntilAsync(async () => await UsedAsync(frontend, id) > 0, scene);
        var record = Assert.Single((await AskAsync(frontend, "GET", "/admin/usage?format=csv&key=" + id, AdminKey)).Body.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..]);
        Assert.StartsWith(response + ",", record, StringComparison.Ordinal);
        Assert.Contains(",failed,", record, StringComparison.Ordinal);
    }

    private async Task<long> UsedAsync(ClusterProcess frontend, string keyId) =>
        (long)JsonNode.Parse((await AskAsync(frontend, "GET", "/admin/usage?key=" + keyId, AdminKey)).Body)!["data"]![0]!["requests"]!;

    private static Task UntilAsync(Func<Task<bool>> condition, ClusterScene scene) => Calls.UntilAsync(condition, ClusterScene.Patience, () => scene.Everything);

    private async Task<(HttpStatusCode Status, string Body)> AskAsync(ClusterProcess frontend, string method, string path, string key, string? json = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(frontend.Address!, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
