using AiGateway.Responses;
using AiGateway.Responses.Compaction;
using AiGateway.Responses.Tokens;
using static AiGateway.Tests.Responses.Items;

namespace AiGateway.Tests.Responses.Compaction;

public sealed class CompactionPlanTests
{
    private static readonly InputItem[] Conversation =
        [Message("system", "rule"), User("one"), Assistant("two"), User("three"), Reasoning(), Call("a"), Output("a"), Assistant("four"), User("five")];

    [Fact]
    public void Asked_for_by_a_client_the_rules_are_kept_and_all_but_they_is_told()
    {
        var plan = CompactionPlan.Standalone(Conversation);

        Assert.Equal("system:rule", Sketch(plan.Kept));
        Assert.Equal("user:one assistant:two user:three reasoning call:a output:a assistant:four user:five", Sketch(plan.Told));
        Assert.Empty(plan.Newest);
    }

    [Fact]
    public void Where_users_said_everything_there_is_nothing_to_tell() =>
        Assert.Empty(CompactionPlan.Standalone([Message("developer", "rule"), User("one"), User("two")]).Told);

    [Fact]
    public void An_earlier_summary_is_summarised_with_the_rest() =>
        Assert.Equal(2, CompactionPlan.Standalone([CompactionSummary.Of("They spoke."), User("two")]).Told.Count);

    [Fact]
    public void A_call_that_waits_for_its_output_stays() =>
        Assert.Equal("call:b", Sketch(CompactionPlan.Standalone([User("go"), Call("a"), Output("a"), Call("b")]).Newest));

    [Fact]
    public void Of_the_whole_the_rules_and_the_latest_user_messages_within_the_bound_are_kept()
    {
        var one = TokenEstimate.Of(User("three"));

        var plan = CompactionPlan.Whole([.. Conversation, Call("b")], 2 * one);
        Assert.Equal(("system:rule user:three user:five", "call:b"), (Sketch(plan.Kept), Sketch(plan.Newest)));
        Assert.Equal("user:one assistant:two user:three reasoning call:a output:a assistant:four user:five", Sketch(plan.Told));
        Assert.Equal("system:rule", Sketch(CompactionPlan.Whole(Conversation, 0).Kept));
        Assert.Empty(CompactionPlan.Whole([Message("system", "rule"), User("one")], one).Told);
    }

    [Fact]
    public void In_the_stream_the_newest_turn_is_kept_and_the_latest_user_messages_within_the_bound()
    {
        var one = TokenEstimate.Of(User("three"));

        var plan = CompactionPlan.InStream(Conversation, one);
        Assert.Equal(("system:rule user:three", "user:five"), (Sketch(plan.Kept), Sketch(plan.Newest)));
        Assert.Equal("user:one assistant:two user:three reasoning call:a output:a assistant:four", Sketch(plan.Told));
        Assert.Equal("system:rule user:one user:three", Sketch(CompactionPlan.InStream(Conversation, 3 * one).Kept));
        Assert.Equal("system:rule", Sketch(CompactionPlan.InStream(Conversation, 0).Kept));
    }

    [Fact]
    public void In_the_stream_there_is_nothing_to_tell_where_all_is_kept()
    {
        Assert.Empty(CompactionPlan.InStream([User("one")], 0).Told);
        Assert.Empty(CompactionPlan.InStream([Message("system", "rule"), User("one"), User("two")], 0).Told);
    }
}
