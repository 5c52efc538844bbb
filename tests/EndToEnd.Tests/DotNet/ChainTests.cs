using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Scripted;
using OpenAI.Responses;

namespace AiGateway.EndToEnd.Tests.DotNet;

/// <summary>Conversations of several turns by the previous response, and compacted on the way.</summary>
public sealed class ChainTests(ScriptedGateway gateway) : IClassFixture<ScriptedGateway>
{
    private readonly Sdk _sdk = new(gateway.Process.BaseUrl);

    public static TheoryData<string> Kinds => ["chat", "native"];

    [Theory]
    [InlineData("chat", false)]
    [InlineData("chat", true)]
    [InlineData("native", false)]
    [InlineData("native", true)]
    public async Task A_tool_loop_of_three_turns(string kind, bool streamed)
    {
        var names = new List<string>();
        var ids = new List<string>();
        var response = await AnswerAsync(WithTools(ResponseItem.CreateUserMessageItem("Weather and time?")));
        while (response.OutputItems.OfType<FunctionCallResponseItem>().SingleOrDefault() is { } call)
        {
            ids.Add(response.Id);
            names.Add(call.FunctionName);
            var next = WithTools(ResponseItem.CreateFunctionCallOutputItem(call.CallId, Functions.Run(call.FunctionName, call.FunctionArguments)));
            next.PreviousResponseId = response.Id;
            response = await AnswerAsync(next);
            Assert.Equal(ids[^1], response.PreviousResponseId);
        }

        Assert.Equal(["get_weather", "get_time"], names);
        Assert.Equal("""I hear: get_weather({"city":"Paris"}) and get_time({"zone":"Europe/Paris"}).""", response.GetOutputText());
        Assert.Equal(3, gateway.Observed.Of(_sdk.Mark).Count);

        async Task<ResponseResult> AnswerAsync(CreateResponseOptions options)
        {
            options.StreamingEnabled = streamed;
            return streamed
                ? ((StreamingResponseCompletedUpdate)(await (await _sdk.Responses.CreateResponseStreamingAsync(options)).ToListAsync())[^1]).Response
                : (await _sdk.Responses.CreateResponseAsync(options)).Value;
        }

        CreateResponseOptions WithTools(ResponseItem item)
        {
            var options = new CreateResponseOptions($"{kind}-steps", [item]);
            foreach (var tool in Functions.ForResponses)
                options.Tools.Add(tool);
            return options;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Structured_output_over_a_chain(string kind)
    {
        var ada = await NameAsync("Ada", null);
        var bob = await NameAsync("Bob", ada.Id);
        var eve = await NameAsync("Eve", bob.Id);
        var all = (await _sdk.Responses.CreateResponseAsync($"{kind}-people", "Who was there?", eve.Id)).Value;

        Assert.Equal(
            ["""{"name":"Ada","age":1}""", """{"name":"Bob","age":2}""", """{"name":"Eve","age":3}"""],
            new[] { ada, bob, eve }.Select(r => r.GetOutputText()));
        Assert.Equal(ResponseTextFormatKind.JsonSchema, eve.TextOptions.TextFormat.Kind);
        Assert.Equal(ResponseTextFormatKind.Text, all.TextOptions.TextFormat.Kind);
        Assert.Equal("""I recall: Ada / {"name":"Ada","age":1} / Bob / {"name":"Bob","age":2} / Eve / {"name":"Eve","age":3} / Who was there?""", all.GetOutputText());

        async Task<ResponseResult> NameAsync(string name, string? previous) => (await _sdk.Responses.CreateResponseAsync(
            new CreateResponseOptions($"{kind}-people", [ResponseItem.CreateUserMessageItem(name)])
            {
                PreviousResponseId = previous,
                TextOptions = new ResponseTextOptions { TextFormat = ResponseTextFormat.CreateJsonSchemaFormat("person", Functions.Person, jsonSchemaIsStrict: true) },
            })).Value;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Input_items_page_after_page_the_whole_chain(string kind)
    {
        var model = $"{kind}-recall";
        var first = (await _sdk.Responses.CreateResponseAsync(model, [ResponseItem.CreateDeveloperMessageItem("Be kind."), ResponseItem.CreateUserMessageItem("One")])).Value;
        var second = (await _sdk.Responses.CreateResponseAsync(model, "Two", first.Id)).Value;
        var third = (await _sdk.Responses.CreateResponseAsync(model, "Three", second.Id)).Value;

        // The client asks for page after page by itself.
        var ascending = await ListAsync(new(third.Id) { PageSizeLimit = 2, Order = ResponseItemCollectionOrder.Ascending });
        var descending = await ListAsync(new(third.Id) { PageSizeLimit = 4 });
        var page = (await _sdk.Responses.GetResponseInputItemCollectionPageAsync(
            new ResponseItemCollectionOptions(third.Id) { Order = ResponseItemCollectionOrder.Ascending, AfterId = ascending[3].Id, PageSizeLimit = 1 })).Value;

        Assert.Equal(["Be kind.", "One", first.GetOutputText(), "Two", second.GetOutputText(), "Three"], ascending.Select(i => i.Content.Single().Text));
        Assert.Equal(
            [MessageRole.Developer, MessageRole.User, MessageRole.Assistant, MessageRole.User, MessageRole.Assistant, MessageRole.User],
            ascending.Select(i => i.Role));
        Assert.All(ascending, i => Assert.Equal(MessageStatus.Completed, i.Status));
        Assert.Equal(ascending.Select(i => i.Id).Reverse(), descending.Select(i => i.Id));
        Assert.Equal(first.OutputItems[0].Id, ascending[2].Id);
        Assert.Equal((ascending[4].Id, ascending[4].Id, true), (Assert.Single(page.Data).Id, page.LastId, page.HasMore));

        async Task<List<MessageResponseItem>> ListAsync(ResponseItemCollectionOptions options) =>
            [.. (await _sdk.Responses.GetResponseInputItemsAsync(options).ToListAsync()).Cast<MessageResponseItem>()];
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_deleted_link_breaks_its_chain(string kind)
    {
        var model = $"{kind}-recall";
        var first = (await _sdk.Responses.CreateResponseAsync(model, "One")).Value;
        var second = (await _sdk.Responses.CreateResponseAsync(model, "Two", first.Id)).Value;

        var deleted = (await _sdk.Responses.DeleteResponseAsync(first.Id)).Value;

        Assert.Equal((first.Id, true), (deleted.ResponseId, deleted.Deleted));
        var refused = await Assert.ThrowsAsync<ClientResultException>(() => _sdk.Responses.CreateResponseAsync(model, "Three", second.Id));
        Assert.Equal((400, true), (refused.Status, refused.Message.Contains("previous_response_not_found", StringComparison.Ordinal)));
        Assert.Equal(404, (await Assert.ThrowsAsync<ClientResultException>(() => _sdk.Responses.GetResponseAsync(first.Id))).Status);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Compacted_and_gone_on_from(string kind)
    {
        var model = $"{kind}-recall";
        var first = (await _sdk.Responses.CreateResponseAsync(model, "I am Ada.")).Value;
        var second = (await _sdk.Responses.CreateResponseAsync(model, "Remember it.", first.Id)).Value;

        // The client has no types for this, only the call.
        var result = await _sdk.Responses.CompactResponseAsync(BinaryContent.CreateJson(new { model, previous_response_id = second.Id }), "application/json");
        var compacted = JsonNode.Parse(result.GetRawResponse().Content)!;
        var output = compacted["output"]!.AsArray();
        Assert.Equal(("response.compaction", 17), (compacted["object"]!.ToString(), compacted["usage"]!["total_tokens"]!.GetValue<int>()));
        Assert.Equal(["message", "message", "compaction"], output.Select(i => i!["type"]!.ToString()));
        Assert.StartsWith("aigw1.", output[2]!["encrypted_content"]!.ToString());

        // But its items take and keep what it does not know.
        var items = output.Select(i => ModelReaderWriter.Read<ResponseItem>(BinaryData.FromString(i!.ToJsonString()))!).ToList();
        var next = (await _sdk.Responses.CreateResponseAsync(model, [.. items, ResponseItem.CreateUserMessageItem("Who am I?")])).Value;
        var after = (await _sdk.Responses.CreateResponseAsync(model, "Sure?", next.Id)).Value;

        Assert.Matches(@"^I recall: I am Ada\. / Remember it\. / This is a summary [\s\S]*I recall: [\s\S]* / Who am I\?$", next.GetOutputText());
        Assert.Equal($"{next.GetOutputText()} / {next.GetOutputText()} / Sure?", after.GetOutputText());

        output[2]!["encrypted_content"] = output[2]!["encrypted_content"]!.ToString()[..^6] + "AAAAAA";
        var forged = ModelReaderWriter.Read<ResponseItem>(BinaryData.FromString(output[2]!.ToJsonString()))!;
        var refused = await Assert.ThrowsAsync<ClientResultException>(() => _sdk.Responses.CreateResponseAsync(model, [forged, ResponseItem.CreateUserMessageItem("x")]));
        Assert.Equal((400, true), (refused.Status, refused.Message.Contains("invalid_encrypted_content", StringComparison.Ordinal)));
    }
}
