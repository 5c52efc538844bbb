using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Providers;
using AiGateway.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using NJsonSchema;

namespace AiGateway.AspNetCore.Tests.OpenApi;

public sealed class DescriptionTests
{
    private static readonly GatewayOptions Demo = new()
    {
        Providers = [new ProviderOptions { Name = "demo", Kind = "demo" }],
        Models = [new ModelOptions { Name = "demo", Provider = "demo" }],
    };

    public static TheoryData<string> Posts => ["/v1/conversations", "/v1/chat/completions", "/v1/responses", "/v1/responses/compact", "/v1/responses/input_tokens", "/v1/embeddings", "/v1/images/generations"];

    [Fact]
    public async Task The_document_is_read_without_complaint()
    {
        await using var gateway = await TestGateway.StartAsync(Demo);

        var read = OpenApiDocument.Parse(await gateway.Client.GetStringAsync("/openapi/v1.json"), OpenApiConstants.Json);

        Assert.NotNull(read.Document);
        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        Assert.Equal("AiGateway", read.Document.Info.Title);
    }

    // What operators ask is no part of the API that is described to callers.
    private static bool IsForOperators(string endpoint) => endpoint.Contains(" /admin/", StringComparison.Ordinal) || endpoint is "GET /metrics" or "GET /health/providers";

    [Fact]
    public async Task Every_endpoint_is_described_and_nothing_else()
    {
        await using var gateway = await TestGateway.StartAsync(Demo);
        var mapped = gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Select(m => $"{m} {e.RoutePattern.RawText!.Replace("{**", "{", StringComparison.Ordinal)}"))
            .Where(e => !e.EndsWith("/openapi/v1.json", StringComparison.Ordinal) && !IsForOperators(e));

        var document = await DocumentAsync(gateway);
        var described = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Select(o => $"{o.Key.ToUpperInvariant()} {p.Key}"));

        Assert.Equal(mapped.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        Assert.Equal(["Chat", "Responses", "Conversations", "Embeddings", "Images", "Models", "Health"], document["tags"]!.AsArray().Select(t => t!["name"]!.GetValue<string>()));
        foreach (var operation in document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Select(o => o.Value!)))
        {
            Assert.NotEmpty(operation["operationId"]!.GetValue<string>());
            Assert.NotEmpty(operation["summary"]!.GetValue<string>());
            Assert.NotNull(operation["responses"]!["200"]!["content"]!["application/json"]!["schema"]);
        }
    }

    [Fact]
    public async Task Calls_need_a_key_and_health_does_not()
    {
        await using var gateway = await TestGateway.StartAsync(Demo);
        var document = await DocumentAsync(gateway);

        Assert.Equal("bearer", document["components"]!["securitySchemes"]!["bearer"]!["scheme"]!.GetValue<string>());
        foreach (var (path, operations) in document["paths"]!.AsObject())
        {
            Assert.NotEmpty(operations!.AsObject());
            foreach (var (_, operation) in operations.AsObject())
                Assert.Equal(path.StartsWith("/v1/", StringComparison.Ordinal), operation!["security"] is not null);
        }
    }

    [Theory]
    [MemberData(nameof(Posts))]
    public async Task The_example_is_answered_as_described(string path)
    {
        await using var gateway = await TestGateway.StartAsync(Demo);
        var document = await DocumentAsync(gateway);
        var operation = document["paths"]![path]!["post"]!;
        var body = operation["requestBody"]!["content"]!["application/json"]!;
        var example = body["example"]!.ToJsonString();

        var answer = await gateway.PostJsonAsync(path, example);

        await AssertFitsAsync(document, body["schema"]!, example);
        await AssertFitsAsync(document, operation["responses"]!["200"]!["content"]!["application/json"]!["schema"]!, answer.ToJsonString());
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/responses")]
    [InlineData("/v1/images/generations")]
    public async Task A_stream_of_the_example_is_as_described(string path)
    {
        await using var gateway = await TestGateway.StartAsync(Demo);
        var document = await DocumentAsync(gateway);
        var operation = document["paths"]![path]!["post"]!;
        var example = operation["requestBody"]!["content"]!["application/json"]!["example"]!.DeepClone();
        example["stream"] = true;

        var events = await gateway.PostStreamAsync(path, example.ToJsonString());

        Assert.NotEmpty(events);
        foreach (var item in events.Where(e => e.Data != "[DONE]"))
            await AssertFitsAsync(document, operation["responses"]!["200"]!["content"]!["text/event-stream"]!["schema"]!, item.Data);
    }

    [Fact]
    public async Task Errors_and_lists_are_as_described()
    {
        await using var gateway = await TestGateway.StartAsync(Demo);
        var document = await DocumentAsync(gateway);
        var error = await gateway.PostJsonAsync("/v1/responses", """{"input":"Hi"}""", HttpStatusCode.BadRequest);

        await AssertFitsAsync(document, Reference("Error"), error.ToJsonString());
        await AssertFitsAsync(document, Reference("ModelList"), await gateway.Client.GetStringAsync("/v1/models"));
        await AssertFitsAsync(document, Reference("Model"), await gateway.Client.GetStringAsync("/v1/models/demo"));
        await AssertFitsAsync(document, Reference("Health"), await gateway.Client.GetStringAsync("/health/ready"));
    }

    [Fact]
    public async Task An_embedder_maps_it_elsewhere_describes_its_own_beside_it_or_switches_it_off()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAiGateway(Demo);
        await using var app = builder.Build();
        app.MapGroup("/ai").MapAiGateway(openApi: false);
        app.MapGet("/mine", () => "mine").WithTags("Mine");
        app.MapOpenApi();
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var off = await client.GetAsync(new Uri("/ai/openapi/v1.json", UriKind.Relative));
        var document = JsonNode.Parse(await client.GetStringAsync("/openapi/v1.json"))!;

        Assert.Equal(HttpStatusCode.NotFound, off.StatusCode);
        Assert.Equal("createResponse", document["paths"]!["/ai/v1/responses"]!["post"]!["operationId"]!.GetValue<string>());
        Assert.Equal("getModel", document["paths"]!["/ai/v1/models/{id}"]!["get"]!["operationId"]!.GetValue<string>());
        Assert.Equal("Mine", document["paths"]!["/mine"]!["get"]!["tags"]![0]!.GetValue<string>());
        await app.StopAsync();
    }

    private static async Task<JsonObject> DocumentAsync(TestGateway gateway) =>
        JsonNode.Parse(await gateway.Client.GetStringAsync("/openapi/v1.json"))!.AsObject();

    private static JsonObject Reference(string schema) => new() { ["$ref"] = "#/components/schemas/" + schema };

    private static async Task AssertFitsAsync(JsonObject document, JsonNode schema, string json)
    {
        // The validator looks for shared schemas where JSON Schema used to keep them.
        var whole = new JsonObject { ["definitions"] = document["components"]!["schemas"]!.DeepClone(), ["allOf"] = new JsonArray(schema.DeepClone()) };
        var validator = await JsonSchema.FromJsonAsync(whole.ToJsonString().Replace("#/components/schemas/", "#/definitions/", StringComparison.Ordinal));
        Assert.Empty(validator.Validate(json).Select(e => $"{e.Path}: {e.Kind} in {json}"));
    }
}
