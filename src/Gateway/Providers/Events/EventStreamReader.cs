using System.Buffers;
using System.Net.ServerSentEvents;

namespace AiGateway.Providers.Events;

/// <summary>
/// Reads server-sent events one at a time. A read completes synchronously exactly when a further event is at hand,
/// so that a relay knows when to flush:
/// <code>
/// var next = reader.ReadAsync();
/// if (!next.IsCompleted) await FlushAsync();
/// if (!await next) break;
/// </code>
/// Comments and events without data are skipped. An event that the end of the body cuts off before its blank line still counts.
/// </summary>
internal sealed class EventStreamReader : IAsyncDisposable
{
    /// <summary>The default bound on one event: 32 MiB, which an image fits in.</summary>
    public const int DefaultMaxEventBytes = 32 * 1024 * 1024;

    private readonly IAsyncEnumerator<SseItem<int>> _events;
    private byte[] _data = [];

    /// <summary>Reads events from a body, which stays the caller's to dispose.</summary>
    /// <param name="body">The body.</param>
    /// <param name="maxEventBytes">The most bytes that one event may have, line ends and field names included.</param>
    /// <param name="cancellationToken">Passed to every read of the body.</param>
    public EventStreamReader(Stream body, int maxEventBytes = DefaultMaxEventBytes, CancellationToken cancellationToken = default)
    {
        var source = new BoundedEventSource(body, maxEventBytes);
        _events = SseParser.Create(source, Keep).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
    }

    /// <summary>The current event's type; <c>message</c> where the provider names none.</summary>
    public string EventType => _events.Current.EventType is { Length: > 0 } type ? type : SseParser.EventTypeDefault;

    /// <summary>The current event's data, its lines joined by LF. Valid until the next read.</summary>
    public ReadOnlyMemory<byte> Data => _data.AsMemory(0, _events.Current.Data);

    /// <summary>Goes on to the next event. Not to be called again before it is completed.</summary>
    /// <returns>Whether there is one; false at the end of the body.</returns>
    /// <exception cref="ProviderException">The provider fell silent, dropped the connection, or sent an event over the bound.</exception>
    public ValueTask<bool> ReadAsync() => _events.MoveNextAsync();

    /// <summary>Gives the buffers back. Where a read is still under way they are left to it; disposing the answer ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _events.DisposeAsync();
        }
        catch (NotSupportedException)
        {
            // What an iterator says that is in the middle of a step. Whoever gave up waiting has a reason of their own to report.
            return;
        }

        var data = _data;
        _data = [];
        if (data.Length > 0)
            ArrayPool<byte>.Shared.Return(data);
    }

    private int Keep(string eventType, ReadOnlySpan<byte> data)
    {
        if (data.Length > _data.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(data.Length);
            if (_data.Length > 0)
                ArrayPool<byte>.Shared.Return(_data);
            _data = larger;
        }

        data.CopyTo(_data);
        return data.Length;
    }
}
