using System.Net;
using System.Text;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Engine;
using Microsoft.Extensions.DependencyInjection;
using static AiGateway.AspNetCore.Tests.Conversations.ConversationCalls;

namespace AiGateway.AspNetCore.Tests.Conversations;

/// <summary>References to items among the items that a conversation gets.</summary>
public sealed class ReferenceTests
{
    private static readonly string ResponseId = Protocol.Ids.NewResponse();
    private static readonly string OutputId = Protocol.Ids.OfItem(Protocol.Ids.Message, ResponseId, 2);
    private static readonly string InputId = Protocol.Ids.OfItem(Protocol.Ids.Message, ResponseId, 1);

    [Fact]
    public async Task An_item_of_another_conversation_is_copied()
    {
        await using var gateway = await StartAsync();
        await gateway.NewAsync("""[{"id":"msg_1","role":"user","content":[{"type":"input_image","image_url":"https://x/1"}]}]""");

        var path = await gateway.NewAsync("""[{"id":"msg_1"},{"type":"item_reference","id":"msg_1"}]""");

        var list = await gateway.CallAsync("GET", path + "/items?order=asc&include[]=message.input_image.image_url");
        Assert.Equal("msg_1", list.Ids()[0]);
        Assert.Matches("^msg_[0-9a-f]{48}$", list.Ids()[1]);
        Assert.All(list["data"]!.AsArray(), item => Assert.Equal("https://x/1", item!["content"]![0]!["image_url"]!.GetValue<string>()));
    }

    [Fact]
    public async Task An_item_of_a_response_is_found_by_its_id()
    {
        await using var gateway = await TestGateway.StartAsync(Demo, services => services.AddSingleton<IResponseEngine>(new OneResponse("a")), new KeyIsTenant());

        var path = await gateway.NewAsync($$"""[{"type":"item_reference","id":"{{InputId}}"},{"id":"{{OutputId}}"}]""", key: "a");

        var list = await gateway.CallAsync("GET", path + "/items?order=asc", key: "a");
        Assert.Equal([InputId, OutputId], list.Ids());
        Assert.Equal(["asked", "answered"], list["data"]!.AsArray().Select(item => item!["content"]![0]!["text"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("b", true)]
    [InlineData("a", false)]
    public async Task What_is_not_there_or_another_tenants_is_404(string key, bool known)
    {
        await using var gateway = await TestGateway.StartAsync(Demo, services => services.AddSingleton<IResponseEngine>(new OneResponse("a")), new KeyIsTenant());
        await gateway.NewAsync("""[{"id":"msg_a","role":"user","content":"x"}]""", key: "a");

        foreach (var id in known ? (string[])[OutputId, "msg_a"] : ["msg_none", Protocol.Ids.OfItem(Protocol.Ids.Message, ResponseId, 3)])
        {
            var error = await gateway.RefusedAsync("POST", Root, HttpStatusCode.NotFound, $$"""{"items":[{"role":"user","content":"x"},{"type":"item_reference","id":"{{id}}"}]}""", key);
            Assert.StartsWith($"Item with id '{id}' not found. Items are not persisted when `store` is set to false.", error.Text("message"), StringComparison.Ordinal);
            Assert.Equal(("invalid_request_error", "items[1]", null), (error.Text("type"), error.Text("param"), error.TextOrNull("code")));
        }
    }

    /// <summary>An engine with one response.</summary>
    private sealed class OneResponse(string owner) : IResponseEngine
    {
        public ValueTask<StoredResponse?> FindAsync(string? tenant, string id, CancellationToken cancellationToken) => new(tenant != owner || id != ResponseId ? null : new StoredResponse
        {
            Id = id,
            Tenant = tenant,
            Status = "completed",
            CreatedAt = DateTimeOffset.UnixEpoch,
            Input = Encoding.UTF8.GetBytes($$"""[{"type":"message","id":"{{InputId}}","role":"user","content":"asked"}]"""),
            Body = Encoding.UTF8.GetBytes($$"""{"output":[{"type":"message","id":"{{OutputId}}","status":"completed","role":"assistant","content":[{"type":"output_text","text":"answered"}]}]}"""),
        });

        public ValueTask<bool> StartAsync(StoredResponse response, EventPage events, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IForegroundResponse Enter(StoredResponse response) => throw new NotSupportedException();

        public ValueTask<ResponseChain> FindChainAsync(string? tenant, string id, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<StoredResponse?> FindByIdempotencyKeyAsync(string? tenant, string key, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<EventPage> ReadAsync(string? tenant, string id, long after, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<StoredResponse?> CancelAsync(string? tenant, string id, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<DeleteOutcome> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
