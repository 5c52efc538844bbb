using AiGateway.Responses;
using AiGateway.Responses.Compaction;
using static AiGateway.Tests.Responses.Items;

namespace AiGateway.Tests.Responses;

public sealed class ContextItemsTests
{
    [Fact]
    public void The_newest_turn_is_what_the_model_is_to_answer()
    {
        Assert.Equal(0, Newest());
        Assert.Equal(0, Newest(User("a")));
        Assert.Equal(2, Newest(User("a"), Assistant("b"), User("c"), User("d")));
        Assert.Equal(0, Newest(User("a"), Assistant("b")));
        Assert.Equal(2, Newest(User("a"), Assistant("b"), User("c"), Assistant("so")));
        Assert.Equal(0, Newest(Assistant("b")));
    }

    [Fact]
    public void An_output_brings_its_call_and_the_reasoning_before_it()
    {
        Assert.Equal(3, Newest(User("a"), Reasoning(), Assistant("b"), Reasoning(), Call("1"), Output("1")));
        Assert.Equal(1, Newest(User("a"), Call("1"), Call("2"), Output("2"), Output("1")));
        Assert.Equal(4, Newest(User("a"), Call("1"), Output("1"), Assistant("b"), Call("2"), Output("2"), User("and?")));
    }

    [Fact]
    public void A_summary_ends_it() => Assert.Equal(2, Newest(User("a"), User(CompactionSummary.Lead + "They spoke."), User("b")));

    private static int Newest(params InputItem[] items) => ContextItems.NewestTurn(items);
}
