namespace AiGateway.Providers;

/// <summary>Makes providers out of their configuration.</summary>
public interface IProviderFactory
{
    /// <summary>Makes a provider. It is kept and shared by all calls until its configuration changes, and then left to the calls still running.</summary>
    /// <param name="options">Its configuration, already validated.</param>
    /// <returns>The provider.</returns>
    IProvider Create(ProviderOptions options);
}
