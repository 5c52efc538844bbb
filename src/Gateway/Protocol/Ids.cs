using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AiGateway.Protocol;

/// <summary>
/// Object ids: a prefix that says the kind and 48 lower-case hexadecimal characters (<c>spec/responses.md</c> §2).
/// The first 12 are the time in milliseconds, so that ids made later sort later, which keeps an index on them compact;
/// the other 36 are 144 random bits, so that an id cannot be guessed.
/// </summary>
public static class Ids
{
    /// <summary>A response: <c>resp_…</c>.</summary>
    public const string Response = "resp_";

    /// <summary>A message item: <c>msg_…</c>.</summary>
    public const string Message = "msg_";

    /// <summary>A reasoning item: <c>rs_…</c>.</summary>
    public const string Reasoning = "rs_";

    /// <summary>A function call, or its output: <c>fc_…</c>.</summary>
    public const string FunctionCall = "fc_";

    /// <summary>A call id, which ties an output to its call: <c>call_…</c>.</summary>
    public const string Call = "call_";

    /// <summary>A compaction item: <c>cmp_…</c>.</summary>
    public const string Compaction = "cmp_";

    /// <summary>A chat completion: <c>chatcmpl-…</c>.</summary>
    public const string ChatCompletion = "chatcmpl-";

    /// <summary>A request: <c>req_…</c>.</summary>
    public const string Request = "req_";

    /// <summary>A conversation: <c>conv_…</c>.</summary>
    public const string Conversation = "conv_";

    /// <summary>A webhook's event: <c>evt_…</c>.</summary>
    public const string Event = "evt_";

    private const int StampedLength = 48;
    private const int PlaceLength = 4;

    [ThreadStatic]
    private static byte[]? _randomness;

    [ThreadStatic]
    private static int _randomnessLeft;

    /// <summary>Makes an id that never was.</summary>
    /// <param name="prefix">One of the prefixes above.</param>
    /// <param name="time">Where the time comes from; null for the system's.</param>
    /// <returns>The prefix and 48 hexadecimal characters.</returns>
    public static string New(string prefix, TimeProvider? time = null)
    {
        Span<byte> bytes = stackalloc byte[24];
        FillRandom(bytes[6..]);
        Span<byte> stamp = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(stamp, (time ?? TimeProvider.System).GetUtcNow().ToUnixTimeMilliseconds());
        stamp[2..].CopyTo(bytes);
        Span<char> text = stackalloc char[48];
        _ = Convert.TryToHexStringLower(bytes, text, out _);
        return string.Concat(prefix, text);
    }

    /// <summary>
    /// Makes a response's id. Its last four characters are zeros: an item's id is its response's but for the prefix and its place in these four, so that an
    /// item leads to its response without an index.
    /// </summary>
    /// <param name="time">Where the time comes from; null for the system's.</param>
    /// <returns>The id, with 128 random bits.</returns>
    public static string NewResponse(TimeProvider? time = null) => string.Concat(New(Response, time).AsSpan()[..^PlaceLength], "0000");

    /// <summary>The id of a response's item.</summary>
    /// <param name="prefix">One of the prefixes above.</param>
    /// <param name="responseId">The response's id.</param>
    /// <param name="place">The item's place among all items of the response, its input included: from 1.</param>
    /// <returns>The id; one that never was, where the response's id is not ours or its items are too many.</returns>
    public static string OfItem(string prefix, string responseId, int place)
    {
        ArgumentNullException.ThrowIfNull(responseId);
        return place is > 0 and <= 0xFFFF && responseId.Length == Response.Length + StampedLength && responseId.EndsWith("0000", StringComparison.Ordinal)
            ? string.Concat(prefix, responseId.AsSpan(Response.Length, StampedLength - PlaceLength), place.ToString("x4", System.Globalization.CultureInfo.InvariantCulture))
            : New(prefix);
    }

    /// <summary>The response that an item's id leads to.</summary>
    /// <param name="itemId">The item's id.</param>
    /// <returns>The response's id, which need not exist; null where the id leads nowhere.</returns>
    public static string? ResponseOf(string itemId)
    {
        ArgumentNullException.ThrowIfNull(itemId);
        var prefix = itemId.LastIndexOf('_') + 1;
        return prefix > 0 && itemId.Length == prefix + StampedLength
            ? string.Concat(Response, itemId.AsSpan(prefix, StampedLength - PlaceLength), "0000")
            : null;
    }

    // The generator is asked for a page at a time: each call of it costs more than the whole rest of an id.
    private static void FillRandom(Span<byte> bytes)
    {
        var pool = _randomness ??= new byte[4096];
        if (_randomnessLeft < bytes.Length)
        {
            RandomNumberGenerator.Fill(pool);
            _randomnessLeft = pool.Length;
        }

        var used = pool.AsSpan(_randomnessLeft - bytes.Length, bytes.Length);
        used.CopyTo(bytes);
        used.Clear();
        _randomnessLeft -= bytes.Length;
    }

    /// <summary>The prefix for an output or input item of a type; OpenAI's own prefixes where it has one.</summary>
    /// <param name="itemType">The item's <c>type</c>.</param>
    /// <returns>The prefix, with its underscore.</returns>
    public static string PrefixFor(string itemType) => itemType switch
    {
        "message" => Message,
        "reasoning" => Reasoning,
        "function_call" or "function_call_output" => FunctionCall,
        "compaction" => Compaction,
        "custom_tool_call" or "custom_tool_call_output" => "ctc_",
        "web_search_call" => "ws_",
        "file_search_call" => "fs_",
        "code_interpreter_call" => "ci_",
        "image_generation_call" => "ig_",
        "mcp_list_tools" => "mcpl_",
        "mcp_call" => "mcp_",
        "mcp_approval_request" or "mcp_approval_response" => "mcpr_",
        _ => "item_",
    };
}
