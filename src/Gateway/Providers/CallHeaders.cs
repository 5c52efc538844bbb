namespace AiGateway.Providers;

/// <summary>A client's request headers, wherever they came from.</summary>
public abstract class CallHeaders
{
    /// <summary>No headers.</summary>
    public static CallHeaders Empty { get; } = new None();

    /// <summary>A header's value; several values of one name are joined by commas.</summary>
    /// <param name="name">The name, in any case.</param>
    /// <returns>The value; null where absent.</returns>
    public abstract string? this[string name] { get; }

    /// <summary>Every header.</summary>
    /// <returns>Names and values.</returns>
    public abstract IEnumerable<KeyValuePair<string, string>> All();

    private sealed class None : CallHeaders
    {
        public override string? this[string name] => null;

        public override IEnumerable<KeyValuePair<string, string>> All() => [];
    }
}
