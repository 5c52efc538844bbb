namespace AiGateway.Engine.Contract;

/// <summary>What every engine promises of <see cref="IResponseStore"/>: finding all that a response continues.</summary>
public abstract class ResponseChainContract : StoreContract
{
    [Fact]
    public async Task A_chain_is_found_the_oldest_first()
    {
        await KeepAsync("a", "resp_1", null);
        await KeepAsync("a", "resp_2", "resp_1");
        await KeepAsync("a", "resp_3", "resp_2");
        await KeepAsync("a", "resp_other", "resp_1");

        var chain = await Responses.FindChainAsync("a", "resp_3", default);

        Assert.Equal(["resp_1", "resp_2", "resp_3"], chain.Links.Select(r => r.Id));
        Assert.Equal(["input of resp_1", "input of resp_2", "input of resp_3"], chain.Links.Select(r => Text(r.Input)));
        Assert.Null(chain.MissingId);
    }

    [Fact]
    public async Task A_chain_of_nothing_is_empty()
    {
        var chain = await Responses.FindChainAsync(null, "resp_none", default);

        Assert.Empty(chain.Links);
        Assert.Equal("resp_none", chain.MissingId);
    }

    [Fact]
    public async Task A_chain_begins_behind_a_link_that_was_deleted()
    {
        await KeepAsync(null, "resp_1", null);
        await KeepAsync(null, "resp_2", "resp_1");
        await KeepAsync(null, "resp_3", "resp_2");
        await Responses.DeleteAsync(null, "resp_1", default);

        var chain = await Responses.FindChainAsync(null, "resp_3", default);

        Assert.Equal(["resp_2", "resp_3"], chain.Links.Select(r => r.Id));
        Assert.Equal("resp_1", chain.MissingId);
    }

    [Fact]
    public async Task A_chain_does_not_lead_to_another_tenant()
    {
        await KeepAsync("b", "resp_1", null);
        await KeepAsync("a", "resp_2", "resp_1");

        var chain = await Responses.FindChainAsync("a", "resp_2", default);

        Assert.Equal("resp_2", Assert.Single(chain.Links).Id);
        Assert.Equal("resp_1", chain.MissingId);
    }

    [Fact]
    public async Task A_chain_may_be_long_and_ends_even_where_it_leads_into_itself()
    {
        await KeepAsync(null, "resp_0", "resp_499");
        for (var i = 1; i < 500; i++)
            await KeepAsync(null, $"resp_{i}", $"resp_{i - 1}");

        var chain = await Responses.FindChainAsync(null, "resp_499", default);

        Assert.NotNull(chain.MissingId);
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"resp_{i}"), chain.Links.TakeLast(500).Select(r => r.Id));
    }

    private async Task KeepAsync(string? tenant, string id, string? previous) =>
        Assert.True(await Responses.EndAsync(Response(id, tenant) with { PreviousResponseId = previous }, Completed()));
}
