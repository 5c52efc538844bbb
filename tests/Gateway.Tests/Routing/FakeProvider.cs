using AiGateway.Protocol;
using AiGateway.Providers;

namespace AiGateway.Tests.Routing;

/// <summary>A provider that has settings and is never called.</summary>
internal sealed class FakeProvider(ProviderOptions options) : IProvider, IDisposable
{
    public ProviderOptions Options { get; } = options;

    public bool IsDisposed { get; private set; }

    public ApiKind Apis => Options.ApiSet();

    public ValueTask<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Dispose() => IsDisposed = true;
}
