using AiGateway.Protocol;

namespace AiGateway.Providers.Demo;

internal sealed class DemoProvider(ProviderOptions options, TimeProvider time) : IProvider
{
    public ProviderOptions Options { get; } = options;

    public ApiKind Apis { get; } = ApiKind.Chat;

    public ValueTask<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken) => throw new NotSupportedException(time.ToString());
}
