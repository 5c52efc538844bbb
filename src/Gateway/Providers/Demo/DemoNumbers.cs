using System.Text.Json;

namespace AiGateway.Providers.Demo;

/// <summary>Numbers within a schema's bounds: the smallest that is allowed, and not below one where nothing says so.</summary>
internal static class DemoNumbers
{
    public static int? Bound(JsonElement schema, string name) =>
        DemoBody.Find(schema, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;

    public static long Integer(JsonElement schema)
    {
        var step = Limit(schema, "multipleOf") is { } multiple and >= 1 ? (long)multiple : 1;
        var least = Limit(schema, "minimum") is { } minimum ? Math.Ceiling(minimum) : (double?)null;
        if (Limit(schema, "exclusiveMinimum") is { } above)
            least = Math.Max(least ?? double.MinValue, Math.Floor(above) + 1);
        var most = Limit(schema, "maximum") is { } maximum ? Math.Floor(maximum) : (double?)null;
        if (Limit(schema, "exclusiveMaximum") is { } below)
            most = Math.Min(most ?? double.MaxValue, Math.Ceiling(below) - 1);
        var start = least ?? Math.Min(1, most ?? 1);
        var up = (long)Math.Ceiling(start / step) * step;
        return most is { } end && up > end ? (long)Math.Floor(end / step) * step : up;
    }

    public static double Number(JsonElement schema)
    {
        var least = Limit(schema, "minimum") ?? Limit(schema, "exclusiveMinimum");
        var most = Limit(schema, "maximum") ?? Limit(schema, "exclusiveMaximum");
        if (Limit(schema, "multipleOf") is { } step and > 0)
            return Math.Ceiling((least ?? 1) / step) * step;
        return (least, most) switch
        {
            ({ } low, { } high) => low + ((high - low) / 2),
            ({ } low, null) => low + 1,
            (null, { } high) => Math.Min(1, high - 1),
            _ => 1,
        };
    }

    private static double? Limit(JsonElement schema, string name) =>
        DemoBody.Find(schema, name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;
}
