using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Parsing;
using AiGateway.Responses.Tokens;
using AiGateway.Responses.Truncation;
using static AiGateway.Tests.Responses.Items;

namespace AiGateway.Tests.Responses.Truncation;

public sealed class ContextWindowTests
{
    private static readonly InputItem[] Conversation =
    [
        Message("system", "rule"), User("one"), Reasoning(), Call("a"), Call("b"), Output("b"), Output("a"), Assistant("two"), Message("developer", "more"),
        User("three"), Reasoning(), Assistant("four"), User("five"), Reasoning(), Call("c"), Output("c"),
    ];

    [Fact]
    public void Without_a_known_window_nothing_is_counted() => Assert.Same(Conversation, Fit("auto", Conversation, null));

    [Fact]
    public void What_fits_stays_whole() => Assert.Same(Conversation, Fit("disabled", Conversation, Size(Conversation)));

    [Fact]
    public void Too_much_is_refused_where_nothing_may_be_left_out()
    {
        var error = Assert.Throws<GatewayException>(() => Fit("disabled", Conversation, Size(Conversation) - 1)).Error;

        Assert.Equal((400, "context_length_exceeded", "input", "invalid_request_error"), (error.Status, error.Code, error.Param, error.Type));
    }

    [Fact]
    public void The_oldest_go_first_in_whole_pairs_and_no_more_than_must()
    {
        Assert.Equal(
            "system:rule reasoning call:a call:b output:b output:a assistant:two developer:more user:three reasoning assistant:four user:five reasoning call:c output:c",
            Sketch(Fit("auto", Conversation, Size(Conversation) - 1)));
        Assert.Equal(
            "system:rule call:b output:b assistant:two developer:more user:three reasoning assistant:four user:five reasoning call:c output:c",
            Sketch(Fit("auto", Conversation, Size(Conversation) - TokenEstimate.Of(User("one")) - 1)));
    }

    [Fact]
    public void Rules_and_the_newest_turn_stay_or_it_is_refused()
    {
        const string Sketched = "system:rule developer:more reasoning call:c output:c";
        var least = Least();

        Assert.Equal(Sketched, Sketch(Fit("auto", Conversation, least)));
        Assert.Equal("context_length_exceeded", Assert.Throws<GatewayException>(() => Fit("auto", Conversation, least - 1)).Error.Code);
    }

    [Fact]
    public void Whatever_the_window_no_half_pair_is_left()
    {
        for (var window = Least(); window <= Size(Conversation); window++)
        {
            var kept = Fit("auto", Conversation, window);
            var calls = kept.Where(ContextItems.IsCall).Select(ContextItems.CallIdOf);
            var outputs = kept.Where(ContextItems.IsOutput).Select(ContextItems.CallIdOf);
            Assert.Equal(calls.Order(StringComparer.Ordinal), outputs.Order(StringComparer.Ordinal));
            Assert.InRange(Size(kept), 1, window);
        }
    }

    private static long Least() => Size([.. Conversation.Where((item, i) => i >= 13 || ContextItems.IsRule(item))]);

    private static long Size(IReadOnlyList<InputItem> items)
    {
        using var request = Request("auto");
        return TokenEstimate.Of(request, items);
    }

    private static IReadOnlyList<InputItem> Fit(string truncation, IReadOnlyList<InputItem> context, long? window)
    {
        using var request = Request(truncation);
        return ContextWindow.Fit(request, context, window);
    }

    private static CreateResponse Request(string truncation) =>
        CreateResponseParser.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{"model":"m","input":"x","truncation":"{{truncation}}"}"""));
}
