using AiGateway.EndToEnd.Tests.Scripted;
using OpenAI.Responses;

namespace AiGateway.EndToEnd.Tests.DotNet;

public sealed class ResponsesTests(ScriptedGateway gateway) : IClassFixture<ScriptedGateway>
{
    private readonly Sdk _sdk = new(gateway.Process.BaseUrl);

    [Theory]
    [InlineData("chat-text")]
    [InlineData("native-text")]
    public async Task Answers(string model)
    {
        var before = DateTimeOffset.UtcNow.AddMinutes(-1);
        var options = new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem("Hi")])
        {
            Temperature = 0.5f,
            MaxOutputTokenCount = 77,
            SafetyIdentifier = "ada",
            Metadata = { ["purpose"] = "test" },
        };
        var response = (await _sdk.Responses.CreateResponseAsync(options)).Value;

        Assert.Equal(ResponseStatus.Completed, response.Status);
        Assert.Equal(Scenario.Text, response.GetOutputText());
        Assert.Equal(model, response.Model);
        Assert.StartsWith("resp_", response.Id);
        Assert.Equal("response", response.Object);
        Assert.InRange(response.CreatedAt, before, DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal((12, 5, 17), (response.Usage.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount));
        Assert.Equal((0.5f, 77, "ada", "test"), (response.Temperature, response.MaxOutputTokenCount, response.SafetyIdentifier, response.Metadata["purpose"]));
        Assert.Equal(ResponseToolChoiceKind.Auto, response.ToolChoice.Kind);
        Assert.Null(response.Error);
        var message = Assert.IsAssignableFrom<MessageResponseItem>(Assert.Single(response.OutputItems));
        Assert.StartsWith("msg_", message.Id);
        Assert.Equal((MessageRole.Assistant, MessageStatus.Completed), (message.Role, message.Status));
    }

    [Theory]
    [InlineData("chat-recall")]
    [InlineData("native-recall")]
    public async Task Items_of_the_input_reach_the_provider_in_order(string model)
    {
        var options = new CreateResponseOptions(model,
        [
            ResponseItem.CreateDeveloperMessageItem("Be kind."),
            ResponseItem.CreateUserMessageItem("I am Ada."),
            ResponseItem.CreateAssistantMessageItem("Hello Ada."),
            ResponseItem.CreateUserMessageItem([ResponseContentPart.CreateInputTextPart("Who "), ResponseContentPart.CreateInputTextPart("am I?")]),
        ]);

        var response = (await _sdk.Responses.CreateResponseAsync(options)).Value;

        Assert.Equal("I recall: Be kind. / I am Ada. / Hello Ada. / Who am I?", response.GetOutputText());
    }

    [Theory]
    [InlineData("chat-recall")]
    [InlineData("native-recall")]
    public async Task A_response_goes_on_from_the_one_before(string model)
    {
        var first = (await _sdk.Responses.CreateResponseAsync(model, "I am Ada.")).Value;
        var second = (await _sdk.Responses.CreateResponseAsync(model, "Who am I?", first.Id)).Value;
        var third = (await _sdk.Responses.CreateResponseAsync(model, "Sure?", second.Id)).Value;

        Assert.Equal(first.Id, second.PreviousResponseId);
        Assert.Equal("I recall: I am Ada. / I recall: I am Ada. / Who am I?", second.GetOutputText());
        Assert.EndsWith(" / Who am I? / " + second.GetOutputText() + " / Sure?", third.GetOutputText());
    }

    [Theory]
    [InlineData("chat-text", "messages", "content", "image_url")]
    [InlineData("native-text", "input", "content", "input_image")]
    public async Task An_image_reaches_the_provider(string model, string list, string content, string type)
    {
        var image = new Uri("https://images.example/cat.png");
        var options = new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem(
            [ResponseContentPart.CreateInputTextPart("What is it?"), ResponseContentPart.CreateInputImagePart(image, ResponseImageDetailLevel.Low)])]);

        await _sdk.Responses.CreateResponseAsync(options);

        var part = Assert.Single(gateway.Observed.Of(_sdk.Mark)).Json[list]![0]![content]![1]!;
        Assert.Equal(type, part["type"]!.ToString());
        Assert.Contains(image.AbsoluteUri, part.ToJsonString());
        Assert.Contains("low", part.ToJsonString());
    }

    [Theory]
    [InlineData("chat-person")]
    [InlineData("native-person")]
    public async Task Structured_output(string model)
    {
        var options = new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem("Who?")])
        {
            TextOptions = new ResponseTextOptions { TextFormat = ResponseTextFormat.CreateJsonSchemaFormat("person", Functions.Person, jsonSchemaIsStrict: true) },
        };

        var response = (await _sdk.Responses.CreateResponseAsync(options)).Value;

        Assert.Equal("""{"name":"Ada","age":36}""", response.GetOutputText());
        Assert.Equal(ResponseTextFormatKind.JsonSchema, response.TextOptions.TextFormat.Kind);
    }

    [Theory]
    [InlineData("chat-refusing")]
    [InlineData("native-refusing")]
    public async Task Refusals(string model)
    {
        var response = (await _sdk.Responses.CreateResponseAsync(model, "Do evil")).Value;

        var part = Assert.Single(Assert.IsAssignableFrom<MessageResponseItem>(Assert.Single(response.OutputItems)).Content);
        Assert.Equal((ResponseContentPartKind.Refusal, Scenario.Refusal), (part.Kind, part.Refusal));
    }

    [Theory]
    [InlineData("chat-wordy")]
    [InlineData("native-wordy")]
    public async Task An_answer_cut_at_the_limit_is_incomplete(string model)
    {
        var response = (await _sdk.Responses.CreateResponseAsync(model, "Tell")).Value;
        var updates = await (await _sdk.Responses.CreateResponseStreamingAsync(model, "Tell")).ToListAsync();

        Assert.Equal(ResponseStatus.Incomplete, response.Status);
        Assert.Equal(ResponseIncompleteStatusReason.MaxOutputTokens, response.IncompleteStatusDetails.Reason);
        var last = Assert.IsType<StreamingResponseIncompleteUpdate>(updates[^1]);
        Assert.Equal(ResponseIncompleteStatusReason.MaxOutputTokens, last.Response.IncompleteStatusDetails.Reason);
        Assert.Equal("Once upon a", last.Response.GetOutputText());
    }

    [Theory]
    [InlineData("chat-likely")]
    [InlineData("native-likely")]
    public async Task Log_probabilities(string model)
    {
        var options = new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem("Hi")])
        {
            TopLogProbabilityCount = 1,
            IncludedProperties = { IncludedResponseProperty.MessageOutputTextLogProbabilities },
        };

        var response = (await _sdk.Responses.CreateResponseAsync(options)).Value;
        options.StreamingEnabled = true;
        var updates = await (await _sdk.Responses.CreateResponseStreamingAsync(options)).ToListAsync();

        var part = Assert.Single(((MessageResponseItem)response.OutputItems[0]).Content);
        Assert.Equal(Scenario.Text, string.Concat(part.OutputTextTokenLogProbabilities.Select(l => l.Token)));
        Assert.Equal(Scenario.Text, string.Concat(updates.OfType<StreamingResponseOutputTextDeltaUpdate>().SelectMany(u => u.TokenLogProbabilities).Select(l => l.Token)));
    }
}
