namespace AiGateway.Telemetry.Prometheus;

/// <summary>The values of a measurement's labels. Their names are always the same for one instrument, or are told apart by their number.</summary>
internal readonly struct SeriesKey : IEquatable<SeriesKey>
{
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly int _hash;

    public SeriesKey(KeyValuePair<string, object?>[] tags)
    {
        _tags = tags;
        var hash = new HashCode();
        foreach (var (name, value) in tags)
        {
            hash.Add(name, StringComparer.Ordinal);
            hash.Add(value);
        }

        _hash = hash.ToHashCode();
    }

    public IReadOnlyList<KeyValuePair<string, object?>> Tags => _tags;

    public bool Equals(SeriesKey other)
    {
        if (_hash != other._hash || _tags.Length != other._tags.Length)
            return false;
        for (var i = 0; i < _tags.Length; i++)
        {
            if (!string.Equals(_tags[i].Key, other._tags[i].Key, StringComparison.Ordinal) || !Equals(_tags[i].Value, other._tags[i].Value))
                return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => obj is SeriesKey other && Equals(other);

    public override int GetHashCode() => _hash;
}
