namespace AiGateway.Engine.Contract;

/// <summary>What every engine promises of <see cref="IKeptSecrets"/>.</summary>
public abstract class KeptSecretsContract : StoreContract
{
    [Fact]
    public async Task The_first_call_decides_a_secret()
    {
        Assert.Equal([1, 2], (await Secrets.GetOrCreateAsync("a", () => [1, 2], default)).ToArray());
        Assert.Equal([3], (await Secrets.GetOrCreateAsync("b", () => [3], default)).ToArray());
        Assert.Equal([1, 2], (await Secrets.GetOrCreateAsync("a", () => throw new InvalidOperationException("It is there."), default)).ToArray());
    }

    [Fact]
    public async Task Calls_at_once_get_the_same_secret()
    {
        var secrets = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(async () => await Secrets.GetOrCreateAsync("a", () => [(byte)i], default))));

        Assert.Single(secrets.Select(s => s.Span[0]).Distinct());
    }

    [Fact]
    public async Task A_secret_that_could_not_be_made_is_made_the_next_time()
    {
        await Assert.ThrowsAsync<NotSupportedException>(async () => await Secrets.GetOrCreateAsync("a", () => throw new NotSupportedException(), default));

        Assert.Equal([1], (await Secrets.GetOrCreateAsync("a", () => [1], default)).ToArray());
    }
}
