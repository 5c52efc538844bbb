using AiGateway.Protocol;
using AiGateway.Responses.Parsing;

namespace AiGateway.Pipeline.StoredCompletions;

/// <summary>Which kept completions a list is to have.</summary>
/// <param name="Model">Only those of this model; null for any.</param>
/// <param name="Metadata">Only those that have all of these pairs.</param>
internal sealed record CompletionFilter(string? Model, IReadOnlyList<KeyValuePair<string, string>> Metadata)
{
    private const string Prefix = "metadata[";
    private const int MaxPairs = 16;

    /// <summary>Reads <c>model</c> and <c>metadata[key]=value</c>.</summary>
    /// <param name="query">The query.</param>
    /// <returns>The filter.</returns>
    /// <exception cref="GatewayException">400: metadata without a key, or too much of it.</exception>
    public static CompletionFilter Read(IReadOnlyList<KeyValuePair<string, string>> query)
    {
        string? model = null;
        var metadata = new List<KeyValuePair<string, string>>();
        foreach (var (name, value) in query)
        {
            if (name == "model")
                model = value.Length == 0 ? null : value;
            else if (name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(']'))
                metadata.Add(new(name[Prefix.Length..^1], value));
            else if (name == "metadata")
                throw FieldErrors.WrongValue("metadata", "Invalid 'metadata': expected pairs such as 'metadata[key]=value'.");
        }

        return metadata.Count <= MaxPairs ? new CompletionFilter(model, metadata) : throw FieldErrors.TooManyProperties("metadata", MaxPairs, metadata.Count);
    }
}
