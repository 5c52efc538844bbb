using System.Globalization;
using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Responses.Parsing;

namespace AiGateway.Responses;

/// <summary>Which part of a list is asked for (<c>spec/responses.md</c> §14).</summary>
/// <param name="Limit">The most to show: 1 to 100.</param>
/// <param name="Descending">Whether the last comes first.</param>
/// <param name="After">The id behind which to begin, in the order asked for; null for the beginning.</param>
/// <param name="Before">The id before which to end, in the order asked for: the page before it; null for none. Never with <paramref name="After"/>.</param>
internal sealed record ListPage(int Limit, bool Descending, string? After, string? Before)
{
    private const int MaxLimit = 100;
    private const int DefaultLimit = 20;

    /// <summary>Reads <c>limit</c>, <c>order</c>, <c>after</c> and <c>before</c>. Of a name that comes twice the last counts; an empty value is none.</summary>
    /// <param name="query">The query.</param>
    /// <param name="descending">What the order is where none is named.</param>
    /// <returns>The page.</returns>
    /// <exception cref="GatewayException">400: one of them is wrong.</exception>
    public static ListPage Read(IReadOnlyList<KeyValuePair<string, string>> query, bool descending)
    {
        string? limit = null, order = null, after = null, before = null;
        foreach (var (name, value) in query)
        {
            _ = name switch
            {
                "limit" => limit = value,
                "order" => order = value,
                "after" => after = value,
                "before" => before = value,
                _ => null,
            };
        }

        if (!string.IsNullOrEmpty(after) && !string.IsNullOrEmpty(before))
            throw FieldErrors.WrongValue("before", "'after' and 'before' cannot be used together.");
        return new ListPage(ReadLimit(limit), ReadOrder(order, descending), NullIfEmpty(after), NullIfEmpty(before));
    }

    /// <summary>Takes the page out of a whole list.</summary>
    /// <param name="all">The list, the first first, whatever order is asked for.</param>
    /// <param name="id">An element's id.</param>
    /// <returns>The page's elements in the order asked for, and whether more follow, or, before an id, precede.</returns>
    /// <exception cref="GatewayException">400: there is no such id.</exception>
    public (IReadOnlyList<T> Items, bool HasMore) Cut<T>(IReadOnlyList<T> all, Func<T, string> id)
    {
        var ordered = Descending ? [.. all.Reverse()] : all;
        if (Before is not null)
        {
            var end = IndexOf(ordered, Before, id, "before");
            var start = Math.Max(0, end - Limit);
            return ([.. ordered.Skip(start).Take(end - start)], start > 0);
        }

        var first = After is null ? 0 : IndexOf(ordered, After, id, "after") + 1;
        return ([.. ordered.Skip(first).Take(Limit)], ordered.Count - first > Limit);
    }

    /// <summary>Says a page as the API does.</summary>
    /// <param name="items">Its elements, in order.</param>
    /// <param name="hasMore">Whether there are more.</param>
    /// <param name="id">An element's id.</param>
    /// <param name="write">Writes an element.</param>
    /// <returns>UTF-8 JSON: <c>{"object":"list","data":[…],"first_id","last_id","has_more"}</c>; the ids are null where the page is empty.</returns>
    public static ReadOnlyMemory<byte> Render<T>(IReadOnlyList<T> items, bool hasMore, Func<T, string> id, Action<Utf8JsonWriter, T> write) => JsonBytes.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var item in items)
            write(json, item);
        json.WriteEndArray();
        json.WriteString("first_id"u8, items.Count == 0 ? null : id(items[0]));
        json.WriteString("last_id"u8, items.Count == 0 ? null : id(items[^1]));
        json.WriteBoolean("has_more"u8, hasMore);
        json.WriteEndObject();
    });

    /// <summary>400: there is nothing of this id to begin behind, or to end before.</summary>
    /// <param name="param"><c>after</c> or <c>before</c>.</param>
    /// <param name="id">The id.</param>
    /// <returns>The exception to throw.</returns>
    public static GatewayException UnknownCursor(string param, string id) =>
        FieldErrors.WrongValue(param, $"Invalid '{param}': nothing with id '{id}' found in this list.");

    private static int IndexOf<T>(IReadOnlyList<T> ordered, string wanted, Func<T, string> id, string param)
    {
        for (var i = 0; i < ordered.Count; i++)
        {
            if (string.Equals(id(ordered[i]), wanted, StringComparison.Ordinal))
                return i;
        }

        throw UnknownCursor(param, wanted);
    }

    private static int ReadLimit(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return DefaultLimit;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit))
            throw FieldErrors.WrongType("limit", "an integer", $"'{(text.Length > 64 ? text[..64] + "…" : text)}'");
        return limit switch
        {
            < 1 => throw FieldErrors.IntegerBelow("limit", 1, limit),
            > MaxLimit => throw FieldErrors.IntegerAbove("limit", MaxLimit, text),
            _ => (int)limit,
        };
    }

    private static bool ReadOrder(string? text, bool descending) => text switch
    {
        null or "" => descending,
        "asc" => false,
        "desc" => true,
        _ => throw FieldErrors.NotOneOf("order", text, ["asc", "desc"]),
    };

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
