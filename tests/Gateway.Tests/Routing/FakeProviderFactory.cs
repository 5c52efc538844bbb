using AiGateway.Providers;

namespace AiGateway.Tests.Routing;

/// <summary>Makes providers that are never called, and remembers them.</summary>
internal sealed class FakeProviderFactory : IProviderFactory
{
    public List<FakeProvider> Created { get; } = [];

    public IProvider Create(ProviderOptions options)
    {
        var provider = new FakeProvider(options);
        Created.Add(provider);
        return provider;
    }
}
