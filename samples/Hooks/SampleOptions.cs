namespace AiGateway.Samples.Hooks;

/// <summary>The section <c>Sample</c> of the configuration.</summary>
internal sealed class SampleOptions
{
    /// <summary>Who may call.</summary>
    public IList<KeyOptions> Keys { get; } = [];

    /// <summary>Words that no answer is to show.</summary>
    public IList<string> Redact { get; } = [];
}

/// <summary>A key and whose it is.</summary>
internal sealed class KeyOptions
{
    public string Key { get; set; } = "";

    public string Tenant { get; set; } = "";
}
