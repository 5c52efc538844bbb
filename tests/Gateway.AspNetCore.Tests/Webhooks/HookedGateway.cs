using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Configuration;
using AiGateway.Upstream;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AiGateway.AspNetCore.Tests.Webhooks;

/// <summary>The whole gateway over a database file, with retries that nobody has to wait for.</summary>
internal sealed class HookedGateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private HookedGateway(WebApplication app, LogCapture log, ReloadableSettings settings)
    {
        (_app, Log, Settings) = (app, log, settings);
        _client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(30) };
    }

    public LogCapture Log { get; }

    public ReloadableSettings Settings { get; }

    /// <summary>Starts it.</summary>
    /// <param name="file">The database.</param>
    /// <param name="upstream">The provider, behind every model name.</param>
    /// <param name="webhooks">Who is to be told.</param>
    public static async Task<HookedGateway> StartAsync(string file, ScriptedUpstream upstream, params WebhookOptions[] webhooks)
    {
        var settings = new ReloadableSettings()
            .Put("Providers:0:Name", "up").Put("Providers:0:BaseUrl", upstream.BaseUrl)
            .Put("Models:0:Name", "*").Put("Models:0:Provider", "up")
            .Put("Storage:Path", file)
            .Put("Responses:DrainTimeout", "00:00:00")
            .Webhooks(webhooks);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        ((IConfigurationBuilder)builder.Configuration).Add(settings);
        var log = new LogCapture();
        builder.Logging.ClearProviders().AddProvider(log).AddFilter<LogCapture>(null, LogLevel.Trace);
        builder.Services.AddSingleton(SenderScene.Quick);
        builder.Services.AddAiGateway(builder.Configuration).AddHook(new KeyIsTenant());
        var app = builder.Build();
        app.MapAiGateway();
        await app.StartAsync();
        return new HookedGateway(app, log, settings);
    }

    /// <summary>Creates a response.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> CreateAsync(string tenant = "t", bool background = true)
    {
        var created = await SendAsync("/v1/responses", $$"""{"model":"m","input":"Hello","background":{{(background ? "true" : "false")}}}""", tenant);
        return (string)created["id"]!;
    }

    public Task CancelAsync(string id, string tenant = "t") => SendAsync($"/v1/responses/{id}/cancel", "", tenant);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await _app.DisposeAsync();
    }

    private async Task<JsonNode> SendAsync(string path, string json, string tenant)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tenant);
        using var response = await _client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!;
    }
}
