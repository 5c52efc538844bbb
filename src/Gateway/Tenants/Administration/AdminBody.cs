using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Configuration;
using AiGateway.Metering;
using AiGateway.Protocol;

namespace AiGateway.Tenants.Administration;

/// <summary>Reads the body of an admin request: every field once, each of its type, none that is not known.</summary>
internal sealed class AdminBody
{
    private const int LongestText = 256;
    private const int LargestMetadata = 16;

    private readonly JsonObject _body;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>Reads a body.</summary>
    /// <param name="utf8">The body; empty for one without fields.</param>
    /// <exception cref="GatewayException">It is no JSON object, or says a field twice.</exception>
    public AdminBody(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            _body = utf8.IsEmpty ? [] : JsonNode.Parse(utf8.Span, JsonFormat.NodeOptions, JsonFormat.NodeDocumentOptions) as JsonObject
                ?? throw new GatewayException(GatewayErrors.BadJson("The request body must be a JSON object."));
        }
        catch (JsonException e)
        {
            throw new GatewayException(GatewayErrors.BadJson("We could not parse the JSON body of your request, or it says a field twice."), e);
        }
    }

    /// <summary>Whether a field is there, null or not.</summary>
    public bool Has(string name)
    {
        _read.Add(name);
        return _body.ContainsKey(name);
    }

    /// <summary>A text; null where there is none.</summary>
    public string? Text(string name)
    {
        if (Value(name) is not { } value)
            return null;
        if (value.GetValueKind() != JsonValueKind.String)
            throw Wrong(name, "a string", value);
        var text = value.GetValue<string>();
        if (text.Length > LongestText)
            throw new GatewayException(GatewayErrors.Invalid($"'{name}' is longer than {LongestText} characters.", name, "string_above_max_length"));
        return GatewayOptionsValidator.IsName(text) ? text : throw new GatewayException(GatewayErrors.WrongValue(name, $"'{name}' must be a name, without spaces around it."));
    }

    /// <summary>A truth; null where there is none.</summary>
    public bool? Flag(string name) => Value(name) is not { } value ? null
        : value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? value.GetValue<bool>()
        : throw Wrong(name, "a boolean", value);

    /// <summary>A time: seconds since 1970, or a text such as 2027-01-31T00:00:00Z; null where there is none.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Value(name) is not { } value)
            return null;
        if (value.GetValueKind() == JsonValueKind.Number && value.AsValue().TryGetValue<long>(out var seconds) && seconds is >= 0 and <= 253_402_300_799)
            return DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (value.GetValueKind() == JsonValueKind.String && AccessValidator.TryTime(value.GetValue<string>(), out var time))
            return time;
        throw new GatewayException(GatewayErrors.WrongValue(name, $"'{name}' must be a time: seconds since 1970, or a text such as 2027-01-31T00:00:00Z."));
    }

    /// <summary>A whole number that is not negative; null where there is none.</summary>
    public long? Number(string name) => Has(name) ? Number(_body, name, name) : null;

    /// <summary>Names of models.</summary>
    public IReadOnlyList<string> Models(string name)
    {
        if (Value(name) is not { } value)
            return [];
        if (value is not JsonArray list)
            throw Wrong(name, "an array", value);
        var models = new List<string>(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            var path = $"{name}[{i}]";
            if (list[i] is not { } item || item.GetValueKind() != JsonValueKind.String)
                throw Wrong(path, "a string", list[i]);
            models.Add(item.GetValue<string>());
            if (AccessValidator.ModelProblem(models[i]) is { } problem)
                throw new GatewayException(GatewayErrors.WrongValue(path, $"'{path}' {problem}"));
        }

        return models;
    }

    /// <summary>Limits.</summary>
    public LimitOptions Limits(string name)
    {
        if (Value(name) is not { } value)
            return new LimitOptions();
        var holder = Object(name, value, ["requests_per_minute", "tokens_per_minute", "in_flight"]);
        return new LimitOptions
        {
            RequestsPerMinute = Number(holder, "requests_per_minute", $"{name}.requests_per_minute"),
            TokensPerMinute = Number(holder, "tokens_per_minute", $"{name}.tokens_per_minute"),
            InFlight = Number(holder, "in_flight", $"{name}.in_flight"),
        };
    }

    /// <summary>Budgets.</summary>
    public IReadOnlyList<BudgetOptions> Budgets(string name)
    {
        if (Value(name) is not { } value)
            return [];
        if (value is not JsonArray list)
            throw Wrong(name, "an array", value);
        var budgets = new List<BudgetOptions>(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            var path = $"{name}[{i}]";
            var holder = Object(path, list[i], ["per", "tokens", "cost"]);
            decimal? cost = null;
            if (holder["cost"] is { } costValue)
            {
                if (costValue.GetValueKind() != JsonValueKind.Number || !costValue.AsValue().TryGetValue<decimal>(out var money) || money < 0)
                    throw new GatewayException(GatewayErrors.WrongValue($"{path}.cost", $"'{path}.cost' must be a number, 0 or more."));
                cost = money;
            }

            if (holder["per"] is { } per && per.GetValueKind() != JsonValueKind.String)
                throw Wrong($"{path}.per", "a string", per);
            var budget = new BudgetOptions { Per = holder["per"]?.GetValue<string>() ?? "month", Tokens = Number(holder, "tokens", $"{path}.tokens"), Cost = cost };
            if (AccessValidator.BudgetProblem(budget) is { } problem)
                throw new GatewayException(GatewayErrors.WrongValue(path, $"'{path}'{problem}"));
            budgets.Add(budget);
        }

        return budgets;
    }

    /// <summary>Whatever the operator wants to remember: texts by name.</summary>
    public JsonObject? Metadata(string name)
    {
        if (Value(name) is not { } value)
            return null;
        if (value is not JsonObject metadata)
            throw Wrong(name, "an object", value);
        if (metadata.Count > LargestMetadata)
            throw new GatewayException(GatewayErrors.WrongValue(name, $"'{name}' may have at most {LargestMetadata} members."));
        foreach (var (key, member) in metadata)
        {
            if (member?.GetValueKind() != JsonValueKind.String || member.GetValue<string>().Length > 512 || key.Length > 64)
                throw new GatewayException(GatewayErrors.WrongValue($"{name}.{key}", $"'{name}' must hold texts of at most 512 characters under names of at most 64."));
        }

        return metadata.DeepClone().AsObject();
    }

    /// <summary>Refuses fields that were not asked for.</summary>
    public void End()
    {
        foreach (var (name, _) in _body)
        {
            if (!_read.Contains(name))
                throw Unknown(name);
        }
    }

    private JsonNode? Value(string name) => Has(name) ? _body[name] : null;

    private static JsonObject Object(string path, JsonNode? value, string[] known)
    {
        if (value is not JsonObject holder)
            throw Wrong(path, "an object", value);
        foreach (var (name, _) in holder)
        {
            if (!known.Contains(name, StringComparer.Ordinal))
                throw Unknown($"{path}.{name}");
        }

        return holder;
    }

    private static long? Number(JsonObject holder, string name, string path)
    {
        if (holder[name] is not { } value)
            return null;
        if (value.GetValueKind() != JsonValueKind.Number || !value.AsValue().TryGetValue<long>(out var number))
            throw Wrong(path, "a whole number", value);
        return number >= 0 ? number : throw new GatewayException(GatewayErrors.Invalid($"'{path}' must not be negative; 0 allows nothing.", path, "integer_below_min_value"));
    }

    private static GatewayException Unknown(string path) => new(GatewayErrors.Invalid($"Unknown parameter: '{path}'.", path, "unknown_parameter"));

    private static GatewayException Wrong(string path, string expected, JsonNode? got) =>
        new(GatewayErrors.WrongType(path, expected, got?.GetValueKind().ToString().ToLowerInvariant() ?? "null"));
}
