using System.Text;
using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Responses.Output;

namespace AiGateway.Translation.ChatToResponse;

/// <summary>
/// Tells which tool call a fragment belongs to. By the API it is <c>index</c>; providers also leave it out, give every call
/// index 0, repeat the id, or send a call whole (<c>spec/responses.md</c> §20).
/// </summary>
internal sealed class ToolCallTracker
{
    private readonly List<TrackedCall> _calls = [];

    public IReadOnlyList<TrackedCall> Calls => _calls;

    /// <summary>The call that a fragment belongs to; a new one where it begins one.</summary>
    public TrackedCall For(in ToolCallDelta delta)
    {
        if (Find(delta) is { } known)
        {
            known.Id ??= delta.Id;
            known.Name ??= delta.Name;
            return known;
        }

        var call = new TrackedCall { Index = delta.Index, Id = delta.Id, Name = delta.Name, IsCustom = delta.IsCustom };
        _calls.Add(call);
        return call;
    }

    private TrackedCall? Find(ToolCallDelta delta)
    {
        for (var i = _calls.Count - 1; i >= 0; i--)
        {
            var call = _calls[i];
            if (delta.Index is not null && call.Index == delta.Index)
            {
                // Another id under the same index is another call, if it names its tool.
                if (delta.Id is null || call.Id is null || delta.Name is null || string.Equals(delta.Id, call.Id, StringComparison.Ordinal))
                    return call;
            }
            else if (delta.Index is null && delta.Id is not null && string.Equals(delta.Id, call.Id, StringComparison.Ordinal))
            {
                return call;
            }
        }

        return delta.Index is null && delta.Id is null && delta.Name is null && _calls.Count > 0 ? _calls[^1] : null;
    }

    /// <summary>A call and what is known of it.</summary>
    internal sealed class TrackedCall
    {
        public int? Index { get; init; }

        public string? Id { get; set; }

        public string? Name { get; set; }

        public bool IsCustom { get; init; }

        /// <summary>Whether the client forbade this tool: its fragments are dropped.</summary>
        public bool IsSuppressed { get; set; }

        /// <summary>The output item; null until the tool's name is known.</summary>
        public ToolCallItem? Item { get; set; }

        /// <summary>Arguments that came before the name.</summary>
        public StringBuilder Early { get; } = new();

        /// <summary>Whether the arguments are a whole JSON value, so that nothing more can follow.</summary>
        public bool IsWhole()
        {
            if (Item is null || Item.IsCustom || Item.Arguments.Length == 0)
                return false;
            try
            {
                var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(Item.Arguments.ToString()), JsonFormat.ReaderOptions);
                return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.TrySkip() && !reader.Read();
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }
}
