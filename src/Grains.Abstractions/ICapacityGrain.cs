namespace AiGateway.Grains;

/// <summary>The limits of one key, tenant, model or provider (<c>scope/name</c>) for the whole cluster: it hands out what processes then serve calls from.</summary>
[Alias("AiGateway.Capacity")]
internal interface ICapacityGrain : IGrainWithStringKey
{
    /// <summary>Hears what a process holds, used and gives back, and hands out what it asks for. An older message than the last heard of does nothing.</summary>
    /// <param name="ask">What it says and asks for.</param>
    [Alias("Exchange")]
    Task<CapacityGrant> ExchangeAsync(CapacityAsk ask);
}
