using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Scripted;
using OpenAI.Conversations;
using OpenAI.Responses;

namespace AiGateway.EndToEnd.Tests.DotNet;

/// <summary>The Conversations API: the client has types for a conversation, and protocol methods for its items.</summary>
public sealed class ConversationTests(ScriptedGateway gateway) : IClassFixture<ScriptedGateway>
{
    private readonly Sdk _sdk = new(gateway.Process.BaseUrl);

    [Fact]
    public async Task A_conversation_is_created_retrieved_updated_and_deleted()
    {
        var conversations = _sdk.Conversations;
        var made = (await conversations.CreateConversationAsync(
            new ConversationCreationOptions { Metadata = { ["topic"] = "demo" }, Items = { ResponseItem.CreateUserMessageItem("Hello!") } })).Value;
        Assert.StartsWith("conv_", made.Id);
        Assert.Equal(("conversation", "demo"), (made.Object, made.Metadata["topic"]));

        var found = (await conversations.GetConversationAsync(made.Id)).Value;
        Assert.Equal((made.Id, made.CreatedAt, "demo"), (found.Id, found.CreatedAt, found.Metadata["topic"]));
        var updated = (await conversations.UpdateConversationAsync(made.Id, new ConversationUpdateOptions { Metadata = { ["other"] = "x" } })).Value;
        Assert.Equal(new Dictionary<string, string> { ["other"] = "x" }, updated.Metadata);

        var deleted = (await conversations.DeleteConversationAsync(made.Id)).Value;
        Assert.Equal((made.Id, "conversation.deleted", true), (deleted.ConversationId, deleted.Object, deleted.Deleted));
        Assert.Equal(404, (await Assert.ThrowsAsync<ClientResultException>(() => conversations.GetConversationAsync(made.Id))).Status);
    }

    [Fact]
    public async Task Items_are_created_listed_by_pages_retrieved_and_deleted()
    {
        var conversations = _sdk.Conversations;
        var id = (await conversations.CreateConversationAsync(new ConversationCreationOptions())).Value.Id;
        var items = Enumerable.Range(0, 12).Select(n => new { type = "message", role = n % 2 == 0 ? "user" : "assistant", content = $"text {n}" });
        var created = Data((await conversations.CreateConversationItemsAsync(id, BinaryContent.CreateJson(new { items }))).GetRawResponse());
        Assert.Equal(Enumerable.Range(0, 12).Select(n => $"text {n}"), created.Select(TextOf));
        Assert.All(created, item => Assert.Equal(("message", "completed"), (item["type"]!.ToString(), item["status"]!.ToString())));

        // The client asks for page after page by itself.
        Assert.Equal(created.Select(i => i.ToJsonString()), (await ListAsync(id, limit: 5, "asc")).Select(i => i.ToJsonString()));
        Assert.Equal(created.Select(IdOf).Reverse(), (await ListAsync(id, limit: 7)).Select(IdOf));

        var found = JsonNode.Parse((await conversations.GetConversationItemAsync(id, IdOf(created[0]))).GetRawResponse().Content)!;
        Assert.Equal(created[0].ToJsonString(), found.ToJsonString());
        var left = JsonNode.Parse((await conversations.DeleteConversationItemAsync(id, IdOf(created[0]))).GetRawResponse().Content)!;
        Assert.Equal((id, "conversation"), (IdOf(left), left["object"]!.ToString()));
        Assert.Equal(404, (await Assert.ThrowsAsync<ClientResultException>(() => conversations.GetConversationItemAsync(id, IdOf(created[0])))).Status);
        Assert.Equal(11, (await ListAsync(id, limit: 100)).Count);
    }

    [Theory]
    [InlineData("chat-recall")]
    [InlineData("native-recall")]
    public async Task Turns_are_added_to_it(string model)
    {
        var conversation = (await _sdk.Conversations.CreateConversationAsync(new ConversationCreationOptions { Items = { ResponseItem.CreateUserMessageItem("I am Ada.") } })).Value;

        var first = (await _sdk.Responses.CreateResponseAsync(Turn("Who am I?"))).Value;
        var streamed = Turn("Sure?");
        streamed.StreamingEnabled = true;
        var updates = await (await _sdk.Responses.CreateResponseStreamingAsync(streamed)).ToListAsync();
        var second = Assert.IsType<StreamingResponseCompletedUpdate>(updates[^1]).Response;

        Assert.Equal((conversation.Id, conversation.Id), (first.ConversationOptions.ConversationId, second.ConversationOptions.ConversationId));
        Assert.Equal("I recall: I am Ada. / Who am I?", first.GetOutputText());
        Assert.Equal($"I recall: I am Ada. / Who am I? / {first.GetOutputText()} / Sure?", second.GetOutputText());
        var items = await ListAsync(conversation.Id, limit: 2, "asc");
        Assert.Equal(["I am Ada.", "Who am I?", first.GetOutputText(), "Sure?", second.GetOutputText()], items.Select(TextOf));
        Assert.Equal(second.OutputItems[0].Id, IdOf(items[4]));

        CreateResponseOptions Turn(string text) => new(model, [ResponseItem.CreateUserMessageItem(text)]) { ConversationOptions = new(conversation.Id) };
    }

    [Fact]
    public async Task Wrong_input_names_its_parameter()
    {
        var items = new[] { new { type = "message", role = "nobody", content = "x" } };

        var refused = await Assert.ThrowsAsync<ClientResultException>(() => _sdk.Conversations.CreateConversationAsync(BinaryContent.CreateJson(new { items })));

        Assert.Equal(400, refused.Status);
        Assert.Contains("items[0].role", refused.Message, StringComparison.Ordinal);
    }

    private async Task<List<JsonNode>> ListAsync(string id, int limit, string? order = null)
    {
        var items = new List<JsonNode>();
        await foreach (var page in _sdk.Conversations.GetConversationItemsAsync(id, limit, order).GetRawPagesAsync())
            items.AddRange(Data(page.GetRawResponse()));
        return items;
    }

    private static List<JsonNode> Data(PipelineResponse response) => [.. JsonNode.Parse(response.Content)!["data"]!.AsArray().Select(item => item!)];

    private static string IdOf(JsonNode item) => item["id"]!.ToString();

    private static string TextOf(JsonNode item) => item["content"]![0]!["text"]!.ToString();
}
