namespace AiGateway.Grains.Memory;

/// <summary>The port of secrets there.</summary>
[Alias("AiGateway.Memory.Secrets")]
internal interface IMemorySecretsGrain : IGrainWithStringKey
{
    /// <summary>The secret of a name: what it is, or what it is from now on.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="made">What it is to be where there is none; null to ask only.</param>
    [Alias("GetOrCreate")]
    Task<byte[]?> GetOrCreateAsync(string name, byte[]? made);
}
