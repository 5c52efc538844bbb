using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using AiGateway.EndToEnd.Tests.Processes;

namespace AiGateway.EndToEnd.Tests.Keys;

/// <summary>The admin API on a port of its own.</summary>
public sealed class AdminPortTests
{
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task It_is_there_on_its_own_port_only()
    {
        var (calls, admin) = Ports();
        await using var gateway = await GatewayProcess.StartAsync(
            new
            {
                Providers = new[] { new { Name = "demo", Kind = "demo" } },
                Models = new[] { new { Name = "demo", Provider = "demo" } },
                Keys = new[] { new { Id = "key", KeyedProcess.Key } },
                Admin = new { Key = KeyedProcess.AdminKey, Port = admin },
            },
            urls: $"http://127.0.0.1:{calls};http://127.0.0.1:{admin}");

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.NotFound, HttpStatusCode.OK),
            (await GetAsync(admin, "/admin/keys", KeyedProcess.AdminKey), await GetAsync(admin, "/admin/keys", KeyedProcess.Key), await GetAsync(calls, "/admin/keys", KeyedProcess.AdminKey), await GetAsync(calls, "/v1/models", KeyedProcess.Key)));
    }

    private static async Task<HttpStatusCode> GetAsync(int port, string path, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{port}{path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await Http.SendAsync(request);
        return response.StatusCode;
    }

    private static (int One, int Other) Ports()
    {
        using var one = new TcpListener(IPAddress.Loopback, 0);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        one.Start();
        other.Start();
        return (((IPEndPoint)one.LocalEndpoint).Port, ((IPEndPoint)other.LocalEndpoint).Port);
    }
}
