using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace AiGateway.Translation.ChunksToCompletion;

/// <summary>
/// A JSON value that comes in pieces: texts are put one behind the other, objects member by member, lists element by element; of anything else the
/// last piece holds. A null changes nothing.
/// </summary>
/// <remarks>Texts stay escaped as they came: some providers cut a character's two escapes apart, and only both together can be decoded.</remarks>
internal sealed class GrowingValue
{
    private ArrayBufferWriter<byte>? _text;
    private OrderedDictionary<string, GrowingValue>? _members;
    private List<GrowingValue>? _elements;
    private Dictionary<int, GrowingValue>? _byIndex;
    private JsonElement _last;

    /// <summary>Whether it is a text with something in it.</summary>
    public bool HasText => _text is { WrittenCount: > 0 };

    /// <summary>Whether it is an empty text.</summary>
    public bool IsEmptyText => _text is { WrittenCount: 0 };

    /// <summary>Whether nothing but null has come.</summary>
    public bool IsNull => _text is null && _members is null && _elements is null && _last.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>The members of an object; adds none.</summary>
    public IEnumerable<KeyValuePair<string, GrowingValue>> Members => _members ?? [];

    /// <summary>The member of an object; made where it is not there.</summary>
    public GrowingValue this[string name]
    {
        get
        {
            var members = _members ??= new OrderedDictionary<string, GrowingValue>(StringComparer.Ordinal);
            if (!members.TryGetValue(name, out var member))
                members.Add(name, member = new GrowingValue());
            return member;
        }
    }

    /// <summary>The member of an object; null where it is not there.</summary>
    public GrowingValue? Find(string name) => _members?.GetValueOrDefault(name);

    /// <summary>Adds a piece.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="isLabel">Whether a text stays as it first was, since it names something: pieces repeat it.</param>
    public void Add(JsonElement piece, bool isLabel = false)
    {
        switch (piece.ValueKind)
        {
            case JsonValueKind.Null:
                break;
            case JsonValueKind.String when isLabel && HasText:
                break;
            case JsonValueKind.String:
                (_text ??= new ArrayBufferWriter<byte>()).Write(JsonMarshal.GetRawUtf8Value(piece)[1..^1]);
                break;
            case JsonValueKind.Object:
                foreach (var member in piece.EnumerateObject())
                    this[member.Name].Add(member.Value, IsLabel(member.Name));
                break;
            case JsonValueKind.Array:
                foreach (var element in piece.EnumerateArray())
                    ElementFor(element).Add(element);
                break;
            default:
                _last = piece.Clone();
                break;
        }
    }

    /// <summary>Puts another value in the place of all that came.</summary>
    public void Replace(JsonElement value)
    {
        (_text, _members, _elements, _byIndex) = (null, null, null, null);
        _last = value.Clone();
    }

    /// <summary>Makes it a list, and adds an element.</summary>
    public GrowingValue AddElement()
    {
        var element = new GrowingValue();
        (_elements ??= []).Add(element);
        return element;
    }

    public void Write(Utf8JsonWriter json)
    {
        if (_text is not null)
        {
            json.WriteRawValue([(byte)'"', .. _text.WrittenSpan, (byte)'"'], skipInputValidation: true);
        }
        else if (_members is not null)
        {
            json.WriteStartObject();
            foreach (var (name, value) in _members)
            {
                json.WritePropertyName(name);
                value.Write(json);
            }

            json.WriteEndObject();
        }
        else if (_elements is not null)
        {
            json.WriteStartArray();
            foreach (var element in _elements)
                element.Write(json);
            json.WriteEndArray();
        }
        else if (_last.ValueKind == JsonValueKind.Undefined)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteCopy(_last);
        }
    }

    private static bool IsLabel(string name) => name is "id" or "type" or "role" or "name" or "format";

    // Pieces of one element say the same index.
    private GrowingValue ElementFor(JsonElement piece)
    {
        _elements ??= [];
        if (piece.ValueKind != JsonValueKind.Object || !piece.TryGetProperty("index"u8, out var at) || at.ValueKind != JsonValueKind.Number || !at.TryGetInt32(out var index))
            return AddElement();
        _byIndex ??= [];
        if (!_byIndex.TryGetValue(index, out var element))
            _byIndex.Add(index, element = AddElement());
        return element;
    }
}
