using System.Text;
using System.Text.Json;

namespace AiGateway.Translation;

/// <summary>Texts that become one string, a line each. A single one, the usual case, is copied without decoding.</summary>
internal struct JoinedText
{
    private JsonElement _first;
    private StringBuilder? _all;
    private bool _any;

    public void Add(JsonElement text)
    {
        if (!_any)
        {
            (_any, _first) = (true, text);
            return;
        }

        _all ??= new StringBuilder(_first.GetString());
        _all.Append('\n').Append(text.GetString());
    }

    /// <summary>Writes the field, if there was any text.</summary>
    public readonly void Write(Utf8JsonWriter writer, string field)
    {
        if (!_any)
            return;
        writer.WritePropertyName(field);
        if (_all is null)
            writer.WriteCopy(_first);
        else
            writer.WriteStringValue(_all.ToString());
    }
}
