using AiGateway.Providers.Demo;
using AiGateway.Providers.Http;
using Microsoft.Extensions.Logging;

namespace AiGateway.Providers;

/// <summary>Makes providers from their configuration.</summary>
/// <param name="loggers">Where providers log to.</param>
/// <param name="time">What providers measure time by.</param>
public sealed class ProviderFactory(ILoggerFactory loggers, TimeProvider time) : IProviderFactory
{
    /// <summary>Makes a provider. Dispose it, where it is disposable, when no new call goes to it: calls under way come to their end.</summary>
    /// <param name="options">The configuration.</param>
    /// <returns>The provider; it has connected to nothing yet.</returns>
    /// <exception cref="ArgumentException">The kind is unknown, or the base URL, a header or the key cannot be used; the message names which.</exception>
    public IProvider Create(ProviderOptions options) => options.Kind.ToLowerInvariant() switch
    {
        "openai" => new HttpProvider(options, loggers.CreateLogger<HttpProvider>(), time),
        "demo" => new DemoProvider(options, time),
        _ => throw new ArgumentException($"Provider '{options.Name}': unknown kind '{options.Kind}'; known are 'openai' and 'demo'.", nameof(options)),
    };
}
