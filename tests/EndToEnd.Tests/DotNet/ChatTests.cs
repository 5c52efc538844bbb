using AiGateway.EndToEnd.Tests.Scripted;
using OpenAI.Chat;

namespace AiGateway.EndToEnd.Tests.DotNet;

public sealed class ChatTests(ScriptedGateway gateway) : IClassFixture<ScriptedGateway>
{
    private readonly Sdk _sdk = new(gateway.Process.BaseUrl);

    [Theory]
    [InlineData("chat-text")]
    [InlineData("native-text")]
    public async Task Answers(string model)
    {
        var completion = (await _sdk.Chat(model).CompleteChatAsync("Hi")).Value;

        Assert.Equal(Scenario.Text, Assert.Single(completion.Content).Text);
        Assert.Equal(ChatFinishReason.Stop, completion.FinishReason);
        Assert.Equal(ChatMessageRole.Assistant, completion.Role);
        Assert.Equal(model, completion.Model);
        Assert.StartsWith("chatcmpl-", completion.Id);
        Assert.Equal((12, 5, 17), (completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount, completion.Usage.TotalTokenCount));
        Assert.Equal(4, completion.Usage.InputTokenDetails.CachedTokenCount);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_741_476_777), completion.CreatedAt);
    }

    [Theory]
    [InlineData("chat-text")]
    [InlineData("native-text")]
    public async Task Streams(string model)
    {
        var updates = await _sdk.Chat(model).CompleteChatStreamingAsync("Hi").ToListAsync();

        var pieces = updates.SelectMany(u => u.ContentUpdate).Select(p => p.Text).Where(t => t.Length > 0).ToList();
        Assert.Equal(["Hello", " from", " the", " model."], pieces);
        Assert.Equal(ChatMessageRole.Assistant, updates[0].Role);
        Assert.Equal(ChatFinishReason.Stop, Assert.Single(updates, u => u.FinishReason is not null).FinishReason);
        Assert.Single(updates.Select(u => u.CompletionId).Distinct());
        Assert.All(updates, u => Assert.Equal(model, u.Model));
        Assert.Equal(17, Assert.Single(updates, u => u.Usage is not null).Usage.TotalTokenCount);
    }

    [Theory]
    [InlineData("chat-recall")]
    [InlineData("native-recall")]
    public async Task The_whole_conversation_reaches_the_provider(string model)
    {
        var completion = (await _sdk.Chat(model).CompleteChatAsync(
            new SystemChatMessage("Be kind."),
            new UserChatMessage("I am Ada."),
            new AssistantChatMessage("Hello Ada."),
            new UserChatMessage(ChatMessageContentPart.CreateTextPart("Who "), ChatMessageContentPart.CreateTextPart("am I?")))).Value;

        Assert.EndsWith("I am Ada. / Hello Ada. / Who am I?", completion.Content[0].Text);
    }

    [Fact]
    public async Task Every_option_reaches_a_provider_of_chat()
    {
        var options = new ChatCompletionOptions
        {
            Temperature = 0.5f,
            TopP = 0.25f,
            MaxOutputTokenCount = 77,
            FrequencyPenalty = 0.5f,
            PresencePenalty = -0.5f,
            EndUserId = "ada",
            StopSequences = { "END" },
            LogitBiases = { [50] = -100 },
            Metadata = { ["purpose"] = "test" },
            ReasoningEffortLevel = ChatReasoningEffortLevel.Low,
        };
        await _sdk.Chat("chat-text").CompleteChatAsync(["Hi"], options);

        var body = Assert.Single(gateway.Observed.Of(_sdk.Mark)).Json;
        Assert.Equal("text", body["model"]!.ToString());
        Assert.Equal(
            """0.5 0.25 77 0.5 -0.5 ada ["END"] {"50":-100} {"purpose":"test"} low""",
            string.Join(' ', new[] { "temperature", "top_p", "max_completion_tokens", "frequency_penalty", "presence_penalty", "user", "stop", "logit_bias", "metadata", "reasoning_effort" }
                .Select(name => body[name] is { } value ? value.GetValueKind() == System.Text.Json.JsonValueKind.String ? value.ToString() : value.ToJsonString() : name + " is missing")));
    }

    [Fact]
    public async Task Options_reach_a_provider_of_responses_in_its_words()
    {
        var options = new ChatCompletionOptions { Temperature = 0.5f, MaxOutputTokenCount = 77, ReasoningEffortLevel = ChatReasoningEffortLevel.Low, AllowParallelToolCalls = false };
        options.Tools.Add(Functions.ForChat[0]);
        await _sdk.Chat("native-text").CompleteChatAsync(["Hi"], options);

        var body = Assert.Single(gateway.Observed.Of(_sdk.Mark)).Json;
        Assert.Equal(0.5, body["temperature"]!.GetValue<double>());
        Assert.Equal(77, body["max_output_tokens"]!.GetValue<int>());
        Assert.Equal("low", body["reasoning"]!["effort"]!.ToString());
        Assert.False(body["parallel_tool_calls"]!.GetValue<bool>());
        Assert.Equal("get_weather", body["tools"]![0]!["name"]!.ToString());
    }

    [Theory]
    [InlineData("chat-person")]
    [InlineData("native-person")]
    public async Task Structured_output(string model)
    {
        var options = new ChatCompletionOptions { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("person", Functions.Person, jsonSchemaIsStrict: true) };

        var completion = (await _sdk.Chat(model).CompleteChatAsync(["Who?"], options)).Value;

        Assert.Equal("""{"name":"Ada","age":36}""", completion.Content[0].Text);
    }

    [Theory]
    [InlineData("chat-refusing")]
    [InlineData("native-refusing")]
    public async Task Refusals(string model)
    {
        var completion = (await _sdk.Chat(model).CompleteChatAsync("Do evil")).Value;
        var updates = await _sdk.Chat(model).CompleteChatStreamingAsync("Do evil").ToListAsync();

        Assert.Equal(Scenario.Refusal, completion.Refusal);
        Assert.Equal(Scenario.Refusal, string.Concat(updates.Select(u => u.RefusalUpdate)));
    }

    [Theory]
    [InlineData("chat-wordy")]
    [InlineData("native-wordy")]
    public async Task An_answer_cut_at_the_limit_says_so(string model)
    {
        var completion = (await _sdk.Chat(model).CompleteChatAsync("Tell")).Value;
        var updates = await _sdk.Chat(model).CompleteChatStreamingAsync("Tell").ToListAsync();

        Assert.Equal(ChatFinishReason.Length, completion.FinishReason);
        Assert.Equal(ChatFinishReason.Length, Assert.Single(updates, u => u.FinishReason is not null).FinishReason);
    }

    [Theory]
    [InlineData("chat-likely")]
    [InlineData("native-likely")]
    public async Task Log_probabilities(string model)
    {
        var options = new ChatCompletionOptions { IncludeLogProbabilities = true, TopLogProbabilityCount = 1 };

        var completion = (await _sdk.Chat(model).CompleteChatAsync(["Hi"], options)).Value;
        var updates = await _sdk.Chat(model).CompleteChatStreamingAsync(["Hi"], options).ToListAsync();

        Assert.Equal(Scenario.Text, string.Concat(completion.ContentTokenLogProbabilities.Select(l => l.Token)));
        Assert.Equal(Scenario.Text, string.Concat(updates.SelectMany(u => u.ContentTokenLogProbabilities).Select(l => l.Token)));
        Assert.All(completion.ContentTokenLogProbabilities, l => Assert.Equal(-0.25f, Assert.Single(l.TopLogProbabilities).LogProbability));
    }

    [Theory]
    [InlineData("chat-thinking")]
    [InlineData("native-thinking")]
    public async Task Tokens_of_reasoning_are_counted(string model)
    {
        var completion = (await _sdk.Chat(model).CompleteChatAsync("2+2?")).Value;

        Assert.Equal("4", completion.Content[0].Text);
        Assert.Equal(4, completion.Usage.OutputTokenDetails.ReasoningTokenCount);
    }
}
