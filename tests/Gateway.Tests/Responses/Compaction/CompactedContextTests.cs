using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Compaction;
using AiGateway.Responses.Sealing;
using static AiGateway.Tests.Responses.Items;

namespace AiGateway.Tests.Responses.Compaction;

public sealed class CompactedContextTests
{
    private readonly Sealer _sealer = new(new SealingKey(new byte[SealingKey.Length]), []);

    [Fact]
    public void A_compaction_is_what_it_stands_for_and_what_was_before_it_stays()
    {
        var items = Open([User("one"), Compaction(new([Message("system", "rule")], "They spoke.", [Call("a")], CoversBefore: false)), Output("a"), User("two")]);

        Assert.Equal($"user:one system:rule user:{CompactionSummary.Lead}They spoke. call:a output:a user:two", Sketch(items));
        Assert.True(CompactionSummary.Is(items[2]));
    }

    [Fact]
    public void One_that_covers_what_was_before_it_takes_its_place()
    {
        var items = Open(
        [
            User("one"), Compaction(new([], "Old.", [], CoversBefore: false)), Assistant("two"), User("three"),
            Compaction(new([], null, [User("three")], CoversBefore: true)), Assistant("four"), User("five"),
        ]);

        Assert.Equal("user:three assistant:four user:five", Sketch(items));
    }

    [Fact]
    public void What_is_not_ours_stays()
    {
        InputItem[] items = [User("one"), Of("""{"type":"compaction","id":"cmp_1","encrypted_content":"gAAAA"}""")];

        Assert.False(CompactedContext.HasOurs(items));
        Assert.Equal(items, Open(items));
    }

    [Theory]
    [InlineData(2, "input[1].encrypted_content")]
    [InlineData(1, "input[0].encrypted_content")]
    [InlineData(0, "input")]
    public void What_does_not_open_is_named_by_its_place_in_the_request(int own, string param)
    {
        InputItem[] items = [User("one"), Compaction(new([], "Old.", [], CoversBefore: true))];

        var error = Assert.Throws<GatewayException>(() => CompactedContext.Open(items, own, _sealer, "another")).Error;

        Assert.Equal(("invalid_encrypted_content", param), (error.Code, error.Param));
    }

    [Fact]
    public void A_transcript_says_who_said_what() => Assert.Equal(
        """
        [user]
        one
        (image)

        [assistant thinks]
        hm

        [assistant calls f as a]
        {"x":1}

        [result of a]
        ok

        [assistant]
        two

        [acme:thing]
        {"type":"acme:thing","id":"x"}
        """.ReplaceLineEndings("\n"),
        Transcript.Of(
        [
            Of("""{"type":"message","role":"user","content":[{"type":"input_text","text":"one"},{"type":"input_image","image_url":"data:image/png;base64,AAAA"}]}"""),
            Reasoning(), Of("""{"type":"reasoning","summary":[],"encrypted_content":"secret"}"""), Call("a", """{"x":1}"""), Output("a"), Assistant("two"),
            Of("""{"type":"acme:thing","id":"x"}"""),
        ]));

    private InputItem Compaction(CompactionContent content) =>
        Of($$"""{"type":"compaction","id":"cmp_1","encrypted_content":{{JsonSerializer.Serialize(content.Seal(_sealer, "acme"))}}}""");

    private IReadOnlyList<InputItem> Open(InputItem[] items) => CompactedContext.Open(items, items.Length, _sealer, "acme");
}
