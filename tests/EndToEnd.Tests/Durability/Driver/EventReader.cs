using System.Text;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Durability.History;

namespace AiGateway.EndToEnd.Tests.Durability.Driver;

/// <summary>Cuts a stream into frames without changing a byte of them. Comments are passed over.</summary>
internal sealed class EventReader(Stream stream)
{
    private readonly List<byte> _rest = [];
    private readonly byte[] _buffer = new byte[16 * 1024];

    /// <summary>Whether <c>[DONE]</c> has come.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The next event; null at <c>[DONE]</c>.</summary>
    /// <exception cref="IOException">The connection ended before.</exception>
    public async Task<Frame?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (Cut() is { } text)
            {
                if (text.StartsWith(':'))
                    continue;
                var data = text[(text.IndexOf("data: ", StringComparison.Ordinal) + 6)..].TrimEnd('\n');
                if (data == "[DONE]")
                {
                    IsDone = true;
                    return null;
                }

                var json = JsonNode.Parse(data)!;
                return new Frame((long?)json["sequence_number"] ?? -1, (string)json["type"]!, text);
            }

            var read = await stream.ReadAsync(_buffer, cancellationToken);
            if (read == 0)
                throw new IOException("The stream ended without [DONE].");
            _rest.AddRange(_buffer.AsSpan(0, read));
        }
    }

    private string? Cut()
    {
        var all = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rest);
        var end = all.IndexOf("\n\n"u8);
        if (end < 0)
            return null;
        var text = Encoding.UTF8.GetString(all[..(end + 2)]);
        _rest.RemoveRange(0, end + 2);
        return text;
    }
}
