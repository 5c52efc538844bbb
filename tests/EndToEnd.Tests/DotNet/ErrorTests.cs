using System.ClientModel;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Scripted;
using AiGateway.Upstream;
using OpenAI.Responses;

namespace AiGateway.EndToEnd.Tests.DotNet;

public sealed class ErrorTests(ScriptedGateway gateway) : IClassFixture<ScriptedGateway>
{
    private readonly Sdk _sdk = new(gateway.Process.BaseUrl);

    public static TheoryData<string, int, string, string?> Failures => new()
    {
        { "denied", 401, "Incorrect API key provided", "invalid_api_key" },
        { "absent", 404, "does not exist", "model_not_found" },
        { "busy", 429, "Rate limit reached", "rate_limit_exceeded" },
        { "broken", 500, "The server had an error", null },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_providers_error_comes_as_it_is(string scenario, int status, string message, string? code)
    {
        foreach (var model in new[] { "chat-" + scenario, "native-" + scenario })
        {
            await FailsAsync(async () => await _sdk.Chat(model).CompleteChatAsync("Hi"), status, message, code);
            await FailsAsync(() => _sdk.Chat(model).CompleteChatStreamingAsync("Hi").ToListAsync(), status, message, code);
            await FailsAsync(async () => await _sdk.Responses.CreateResponseAsync(model, "Hi"), status, message, code);
            await FailsAsync(async () => await (await _sdk.Responses.CreateResponseStreamingAsync(model, "Hi")).ToListAsync(), status, message, code);
        }

        await FailsAsync(async () => await _sdk.Embeddings("chat-" + scenario).GenerateEmbeddingAsync("Hi"), status, message, code);
        await FailsAsync(async () => await _sdk.Images("chat-" + scenario).GenerateImageAsync("A cat"), status, message, code);
    }

    [Fact]
    public async Task A_model_that_nobody_serves_is_not_found()
    {
        const string message = "The model 'nobody' does not exist";
        await FailsAsync(async () => await _sdk.Chat("nobody").CompleteChatAsync("Hi"), 404, message, "model_not_found");
        await FailsAsync(async () => await _sdk.Responses.CreateResponseAsync("nobody", "Hi"), 404, message, "model_not_found");
        await FailsAsync(async () => await _sdk.Embeddings("nobody").GenerateEmbeddingAsync("Hi"), 404, message, "model_not_found");
        await FailsAsync(async () => await _sdk.Images("nobody").GenerateImageAsync("Hi"), 404, message, "model_not_found");
        await FailsAsync(async () => await _sdk.Models.GetModelAsync("nobody"), 404, message, "model_not_found");
    }

    [Theory]
    [InlineData("chat-text")]
    [InlineData("native-text")]
    public async Task A_previous_response_that_is_not_there(string model) => await FailsAsync(
        async () => await _sdk.Responses.CreateResponseAsync(model, "Hi", "resp_nowhere"), 400, "resp_nowhere", "previous_response_not_found");

    [Theory]
    [InlineData("chat-flaky")]
    [InlineData("native-flaky")]
    public async Task The_client_tries_again_when_the_provider_said_later(string model)
    {
        var patient = new Sdk(gateway.Process.BaseUrl, retries: 2);

        var completion = (await patient.Chat(model).CompleteChatAsync("Hi")).Value;

        Assert.Equal(Scenario.Text, completion.Content[0].Text);
        Assert.Equal(2, gateway.Observed.Of(patient.Mark).Count);
    }

    [Theory]
    [InlineData("chat-lost")]
    [InlineData("native-lost")]
    [InlineData("chat-failing")]
    [InlineData("native-failing")]
    public async Task A_response_that_breaks_in_mid_stream_fails(string model)
    {
        var updates = await (await _sdk.Responses.CreateResponseStreamingAsync(model, "Hi")).ToListAsync();

        var failed = Assert.IsType<StreamingResponseFailedUpdate>(updates[^1]);
        Assert.Equal(ResponseStatus.Failed, failed.Response.Status);
        var error = Assert.IsType<StreamingResponseErrorUpdate>(updates[^2]);
        Assert.Equal(error.Message, failed.Response.Error.Message);
        Assert.Contains(updates, u => u is StreamingResponseOutputTextDeltaUpdate);
    }

    [Theory]
    [InlineData("chat-lost")]
    [InlineData("native-lost")]
    public async Task No_secret_and_no_address_in_what_the_client_is_told(string model)
    {
        var updates = await (await _sdk.Responses.CreateResponseStreamingAsync(model, "Hi")).ToListAsync();
        var error = ((StreamingResponseFailedUpdate)updates[^1]).Response.Error.Message;

        Assert.DoesNotContain(gateway.Upstream.Address.Authority, error);
        Assert.DoesNotContain("sk-upstream-secret", error);
        Assert.DoesNotContain("sk-upstream-secret", gateway.Process.Process.Everything);
    }

    private static async Task FailsAsync(Func<Task> call, int status, string message, string? code)
    {
        var thrown = await Assert.ThrowsAsync<ClientResultException>(call);
        Assert.Equal(status, thrown.Status);
        Assert.Contains(message, thrown.Message);
        var response = thrown.GetRawResponse()!;
        Assert.Equal(code, JsonNode.Parse(response.Content)!["error"]!["code"]?.ToString());
        if (status == 429)
            Assert.True(response.Headers.TryGetValue("retry-after", out var after) && after == "7");
    }
}
