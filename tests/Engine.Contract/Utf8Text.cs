using System.Text;

namespace AiGateway.Engine.Contract;

/// <summary>Text as the ports carry it, and back.</summary>
public static class Utf8Text
{
    public static ReadOnlyMemory<byte> Utf8(this string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(this ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
