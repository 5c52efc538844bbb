namespace AiGateway.Protocol;

/// <summary>A set of model names; one that ends in <c>*</c> stands for all that begin so.</summary>
internal sealed class ModelNames
{
    private readonly HashSet<string> _names;
    private readonly string[] _beginnings;

    private ModelNames(IEnumerable<string> names)
    {
        var all = names.ToList();
        _names = all.Where(name => !name.EndsWith('*')).ToHashSet(StringComparer.Ordinal);
        _beginnings = [.. all.Where(name => name.EndsWith('*')).Select(name => name[..^1])];
    }

    /// <summary>Makes a set.</summary>
    /// <param name="names">The names.</param>
    /// <returns>The set; null where there are no names, which means every model.</returns>
    public static ModelNames? Of(IReadOnlyList<string>? names) => names is { Count: > 0 } ? new ModelNames(names) : null;

    /// <summary>Whether a model is in it.</summary>
    public bool Contains(string model)
    {
        if (_names.Contains(model))
            return true;
        foreach (var beginning in _beginnings)
        {
            if (model.StartsWith(beginning, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
