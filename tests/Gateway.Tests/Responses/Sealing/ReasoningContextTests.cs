using System.Text.Json.Nodes;
using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Sealing;

namespace AiGateway.Tests.Responses.Sealing;

public sealed class ReasoningContextTests
{
    private readonly Sealer _sealer = new(new SealingKey(new byte[SealingKey.Length]), []);

    [Fact]
    public void Only_its_maker_gets_it_back()
    {
        InputItem[] items = [Items.User("one"), Reasoning("a", "m", "\"summary\":[]"), Reasoning("a", "m", "\"id\":\"rs_1\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"hm\"}]")];

        var maker = ReasoningContext.For(items, _sealer, null, "A");
        Assert.Equal("gAAAA", maker[1].Json.GetProperty("encrypted_content").GetString());
        Assert.Equal(["type", "id", "summary", "encrypted_content"], maker[2].Json.EnumerateObject().Select(member => member.Name));
        foreach (var other in (string?[])["b", null])
        {
            var others = ReasoningContext.For(items, _sealer, null, other);
            Assert.Equal("user:one reasoning", Items.Sketch(others));
            Assert.Equal(["type", "id", "summary"], others[1].Json.EnumerateObject().Select(member => member.Name));
        }
    }

    [Fact]
    public void What_is_not_ours_passes_as_it_came()
    {
        InputItem[] items = [Items.Of("""{"type":"reasoning","summary":[],"encrypted_content":"gAAAA"}"""), Items.Reasoning()];

        Assert.False(ReasoningContext.HasOurs(items));
        Assert.Equal(items, ReasoningContext.For(items, _sealer, null, "b"));
    }

    [Fact]
    public void The_last_to_think_for_the_same_model_goes_on()
    {
        InputItem[] items = [Reasoning("a", "m", "\"summary\":[]"), Reasoning("b", "m", "\"summary\":[]"), Reasoning("c", "other", "\"summary\":[]")];

        Assert.Equal("b", Maker(items, "m"));
        Assert.Equal("c", Maker(items, "other"));
        Assert.Null(Maker(items, "third"));
    }

    [Fact]
    public void A_changed_one_is_refused_by_its_place()
    {
        InputItem[] items = [Items.User("one"), Items.Of("""{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"aigw1.AAAA"}""")];

        var error = Assert.Throws<GatewayException>(() => Maker(items, "m")).Error;

        Assert.Equal(("invalid_encrypted_content", "input[1].encrypted_content"), (error.Code, error.Param));
        Assert.Contains("item rs_1 could", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_an_output_the_same_is_sealed_the_same_way_and_only_once()
    {
        var seals = new ReasoningSeals(_sealer, null, "a", "m");
        JsonObject first = Item("gAAAA"), again = Item("gAAAA"), other = Item("gBBBB");
        foreach (var item in (JsonObject[])[first, again, other])
            seals.Apply(item);

        var text = first["encrypted_content"]!.ToString();
        Assert.Equal(text, again["encrypted_content"]!.ToString());
        Assert.NotEqual(text, other["encrypted_content"]!.ToString());
        seals.Apply(first);
        Assert.Equal(text, first["encrypted_content"]!.ToString());
        Assert.Equal(new ReasoningContent("a", "m", "gAAAA"), ReasoningContent.Open(Items.Of(first.ToJsonString()), _sealer, null, "input"));

        static JsonObject Item(string content) => new() { ["type"] = "reasoning", ["summary"] = new JsonArray(), ["encrypted_content"] = content };
    }

    private string? Maker(InputItem[] items, string model) => ReasoningContext.Maker(items, items.Length, _sealer, null, model);

    private InputItem Reasoning(string provider, string model, string members) =>
        Items.Of($$"""{"type":"reasoning",{{members}},"encrypted_content":"{{new ReasoningContent(provider, model, "gAAAA").Seal(_sealer, null)}}"}""");
}
