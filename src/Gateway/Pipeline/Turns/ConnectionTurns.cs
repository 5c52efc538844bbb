using System.Buffers;
using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Responses;

namespace AiGateway.Pipeline.Turns;

/// <summary>
/// What one connection remembers: its most recent response, where that is kept nowhere else (<c>spec/responses.md</c> §15). A stored one is found where it is
/// stored, so that to delete it is to delete it here too. Turns are one after the other: nothing here is thread-safe.
/// </summary>
/// <remarks>
/// Where a response that is to be stored continues one that is not, what is remembered becomes part of its own input: what it continues ends with the
/// connection, and it must not.
/// </remarks>
/// <param name="maxBytes">How large a context may be to be remembered.</param>
internal sealed class ConnectionTurns(Func<long> maxBytes) : ILocalTurns
{
    private string? _tenant;
    private string? _id;
    private ReadOnlyMemory<byte> _items;
    private string? _continued;
    private bool _endedWell;

    /// <summary>Begins a turn.</summary>
    /// <param name="tenant">Whose it is. The same as before, but for a key that has changed hands.</param>
    public void Begin(string? tenant)
    {
        if (!string.Equals(tenant, _tenant, StringComparison.Ordinal))
            Forget();
        (_tenant, _continued, _endedWell) = (tenant, null, false);
    }

    public bool TryAdd(CreateResponse request, ResponseContext context)
    {
        _continued = request.PreviousResponseId;
        if (_id is null || !string.Equals(_id, _continued, StringComparison.Ordinal))
            return false;
        context.AddRemembered(_items, asOwn: request.Store);
        return true;
    }

    public void Remember(ResponseCall response, string status, ReadOnlyMemory<byte> body)
    {
        if (status is not (ResponseStatus.Completed or ResponseStatus.Incomplete))
            return;
        _endedWell = true;
        Forget();
        if (response.Request.Store || body.Length > maxBytes())
            return;
        var items = ItemsOf(response.Context, body);
        if (items.Length <= maxBytes())
            (_id, _items) = (response.Id, items);
    }

    /// <summary>Ends a turn. One that came to nothing takes what it continued with it.</summary>
    /// <param name="previousResponseId">What the client wanted to continue; null for nothing.</param>
    public void End(string? previousResponseId)
    {
        if (!_endedWell && _id is not null && (_id == previousResponseId || _id == _continued))
            Forget();
    }

    private void Forget() => (_id, _items) = (null, default);

    private static ReadOnlyMemory<byte> ItemsOf(ResponseContext context, ReadOnlyMemory<byte> body)
    {
        var buffer = new ArrayBufferWriter<byte>(body.Length);
        using (var response = JsonDocument.Parse(body, JsonFormat.DocumentOptions))
        using (var json = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions))
        {
            json.WriteStartArray();
            foreach (var item in context.Items)
                item.Json.WriteTo(json);
            foreach (var item in response.RootElement.GetProperty("output"u8).EnumerateArray())
                item.WriteTo(json);
            json.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
