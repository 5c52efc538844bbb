using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Protocol;

namespace AiGateway.Providers.Demo;

/// <summary>
/// Makes a value that satisfies a JSON schema: types, required properties, <c>enum</c>, <c>const</c>, bounds, arrays, nesting,
/// <c>$ref</c>, <c>anyOf</c>, <c>oneOf</c> and <c>allOf</c>. Not <c>pattern</c>, <c>not</c> and conditions. Where a schema refers to itself, the value ends as soon as it may.
/// </summary>
internal sealed class DemoSchema
{
    private const int DeepEnough = 4;
    private const int TooDeep = 24;
    private const int MostValues = 5000;

    private readonly JsonElement _root;
    private readonly DemoWords _words;
    private int _left = MostValues;

    private DemoSchema(JsonElement root, string userText)
    {
        _root = root;
        _words = new DemoWords(userText);
    }

    /// <summary>Makes an object, since arguments and structured outputs are objects.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="userText">Where words for strings are taken from.</param>
    public static JsonObject Make(JsonElement schema, string userText) =>
        new DemoSchema(schema, userText).Value(schema, "value", 0) as JsonObject ?? [];

    private JsonNode? Value(JsonElement schema, string name, int depth)
    {
        // A schema that demands itself for ever has no value; this one at least comes to an end.
        if (depth > TooDeep || _left-- <= 0)
            return null;
        if (schema.ValueKind != JsonValueKind.Object)
            return _words.Text(name, default);
        if (DemoBody.Find(schema, "$ref") is { ValueKind: JsonValueKind.String } reference)
            return Value(Resolve(reference.GetString()!), name, depth + 1);
        if (schema.TryGetProperty("const", out var constant))
            return JsonNode.Parse(constant.GetRawText());
        if (DemoBody.Find(schema, "enum") is { ValueKind: JsonValueKind.Array } values && values.GetArrayLength() > 0)
            return JsonNode.Parse(values[0].GetRawText());
        if (Alternatives(schema) is { } alternatives)
            return Value(Choose(alternatives, depth), name, depth + 1);
        if (DemoBody.Find(schema, "allOf") is { ValueKind: JsonValueKind.Array } all)
            return Merged(schema, all, name, depth);
        return Type(schema, depth) switch
        {
            "object" => Object(schema, depth),
            "array" => Array(schema, name, depth),
            "integer" => JsonValue.Create(DemoNumbers.Integer(schema)),
            "number" => JsonValue.Create(DemoNumbers.Number(schema)),
            "boolean" => JsonValue.Create(true),
            "null" => null,
            _ => _words.Text(name, schema),
        };
    }

    private static JsonElement? Alternatives(JsonElement schema)
    {
        // Beside properties, alternatives only say which of them go together.
        if (DemoBody.Find(schema, "properties") is not null)
            return null;
        var list = DemoBody.Find(schema, "anyOf") ?? DemoBody.Find(schema, "oneOf");
        return list is { ValueKind: JsonValueKind.Array } array && array.GetArrayLength() > 0 ? list : null;
    }

    // The first that says something; deep down the one that says nothing, so that lists of lists come to an end.
    private static JsonElement Choose(JsonElement alternatives, int depth)
    {
        foreach (var alternative in alternatives.EnumerateArray())
        {
            var isNull = DemoBody.Find(alternative, "type") is { ValueKind: JsonValueKind.String } type && type.ValueEquals("null"u8);
            if (isNull == depth > DeepEnough)
                return alternative;
        }

        return alternatives[0];
    }

    private static string? Type(JsonElement schema, int depth)
    {
        if (DemoBody.Find(schema, "type") is { } type)
        {
            if (type.ValueKind == JsonValueKind.String)
                return type.GetString();
            var types = type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.ToString()).ToList() : [];
            if (depth > DeepEnough && types.Contains("null", StringComparer.Ordinal))
                return "null";
            return types.Find(t => t != "null") ?? types.FirstOrDefault();
        }

        if (DemoBody.Find(schema, "properties") is not null || DemoBody.Find(schema, "required") is not null)
            return "object";
        return DemoBody.Find(schema, "items") is not null ? "array" : null;
    }

    private JsonObject Object(JsonElement schema, int depth)
    {
        var result = new JsonObject();
        var required = DemoBody.Find(schema, "required") is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Select(r => r.ToString()).ToList()
            : null;
        if (DemoBody.Find(schema, "properties") is { ValueKind: JsonValueKind.Object } properties)
        {
            foreach (var property in properties.EnumerateObject())
            {
                // Without a list of what is required, all of it makes the better example.
                if (required?.Contains(property.Name, StringComparer.Ordinal) ?? depth <= DeepEnough)
                    result[property.Name] = Value(property.Value, property.Name, depth + 1);
            }
        }

        foreach (var name in required ?? [])
        {
            if (!result.ContainsKey(name))
                result[name] = _words.Text(name, default);
        }

        return result;
    }

    private JsonArray Array(JsonElement schema, string name, int depth)
    {
        var result = new JsonArray();
        if (DemoBody.Find(schema, "prefixItems") is { ValueKind: JsonValueKind.Array } prefix)
        {
            foreach (var item in prefix.EnumerateArray())
                result.Add(Value(item, name, depth + 1));
        }

        var least = DemoNumbers.Bound(schema, "minItems") ?? 0;
        var most = DemoNumbers.Bound(schema, "maxItems") ?? int.MaxValue;
        var count = Math.Min(Math.Max(least, depth > DeepEnough ? 0 : 1), most);
        var items = DemoBody.Find(schema, "items") ?? default;
        while (result.Count < count && _left > 0)
            result.Add(Value(items, name, depth + 1));
        return result;
    }

    private JsonNode? Merged(JsonElement schema, JsonElement all, string name, int depth)
    {
        var merged = new JsonObject();
        foreach (var part in all.EnumerateArray().Append(schema))
        {
            var from = DemoBody.Find(part, "$ref") is { ValueKind: JsonValueKind.String } reference ? Resolve(reference.GetString()!) : part;
            if (from.ValueKind != JsonValueKind.Object)
                continue;
            foreach (var member in JsonNode.Parse(from.GetRawText())!.AsObject().ToList())
            {
                if (member.Key is "properties" && merged["properties"] is JsonObject known && member.Value is JsonObject more)
                    more.ToList().ForEach(p => known[p.Key] = p.Value?.DeepClone());
                else if (member.Key is "required" && merged["required"] is JsonArray names && member.Value is JsonArray further)
                    further.ToList().ForEach(r => names.Add(r?.DeepClone()));
                else if (member.Key is not ("allOf" or "$ref"))
                    merged[member.Key] = member.Value?.DeepClone();
            }
        }

        return Value(JsonSerializer.SerializeToElement(merged, JsonFormat.SerializerOptions), name, depth + 1);
    }

    // "#", "#/$defs/Name" and any other path within the schema.
    private JsonElement Resolve(string reference)
    {
        var at = _root;
        foreach (var step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var key = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (DemoBody.Find(at, key) is not { } next)
                return default;
            at = next;
        }

        return at;
    }
}
