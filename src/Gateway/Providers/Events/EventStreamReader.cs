using System.Buffers;
using System.Runtime.CompilerServices;

namespace AiGateway.Providers.Events;

/// <summary>
/// Reads server-sent events one at a time (WHATWG HTML §9.2.6). A read completes synchronously exactly when a further event is at hand,
/// so that a relay knows when to flush:
/// <code>
/// var next = reader.ReadAsync();
/// if (!next.IsCompleted) await FlushAsync();
/// if (!await next) break;
/// </code>
/// Comments and events without data are skipped. An event that the end of the body cuts off before its blank line still counts,
/// since providers forget it behind their last event.
/// </summary>
/// <remarks>
/// The framework's parser copies each event, cannot be bounded, and costs a relay more than all its other work on an event; here an event is
/// a slice of the buffer that it was received in.
/// </remarks>
internal sealed class EventStreamReader : IAsyncDisposable
{
    /// <summary>The default bound on one event: 32 MiB, which an image fits in.</summary>
    public const int DefaultMaxEventBytes = 32 * 1024 * 1024;

    private const int FirstBuffer = 4096;

    private readonly Stream _body;
    private readonly int _maxEventBytes;
    private readonly CancellationToken _cancellationToken;
    private readonly EventFields _fields = new();
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);

    // Offsets into the buffer: the event being read begins at _event, its unfinished line at _line; up to _scanned that line has no end; bytes go up to _end.
    private int _event;
    private int _line;
    private int _scanned;
    private int _end;
    private bool _skipsLineFeed;
    private bool _ended;
    private bool _reads;

    /// <summary>Reads events from a body, which stays the caller's to dispose.</summary>
    /// <param name="body">The body.</param>
    /// <param name="maxEventBytes">The most bytes that one event may have, line ends and field names included.</param>
    /// <param name="cancellationToken">Passed to every read of the body.</param>
    public EventStreamReader(Stream body, int maxEventBytes = DefaultMaxEventBytes, CancellationToken cancellationToken = default)
    {
        _body = body;
        _maxEventBytes = maxEventBytes;
        _cancellationToken = cancellationToken;
    }

    /// <summary>The current event's type; <c>message</c> where the provider names none.</summary>
    public string EventType => _fields.Type;

    /// <summary>The current event's data, its lines joined by LF. Valid until the next read.</summary>
    public ReadOnlyMemory<byte> Data => _fields.Data(_buffer);

    /// <summary>Goes on to the next event. Not to be called again before it is completed.</summary>
    /// <returns>Whether there is one; false at the end of the body.</returns>
    /// <exception cref="ProviderException">The provider fell silent, dropped the connection, or sent an event over the bound.</exception>
    public ValueTask<bool> ReadAsync()
    {
        _fields.Clear();
        while (true)
        {
            if (TryAdvance())
                return new ValueTask<bool>(true);
            if (_ended)
                return new ValueTask<bool>(false);
            var read = Fill();
            if (!read.IsCompletedSuccessfully)
                return WaitAsync(read);
            Filled(read.Result);
        }
    }

    /// <summary>What is at hand behind the current event, from the next one's beginning on. Valid until <see cref="Skip"/> or the next read.</summary>
    public ReadOnlySpan<byte> Ahead => _line == _event && !_skipsLineFeed ? _buffer.AsSpan(_line, _end - _line) : default;

    /// <summary>Goes on behind events that were read in <see cref="Ahead"/>. <see cref="Data"/> is not valid any more.</summary>
    /// <param name="bytes">Their length, whole events.</param>
    public void Skip(int bytes) => _event = _line = _scanned = _line + bytes;

    /// <summary>Gives the buffer back. Where a read is still under way it is left to it; disposing the answer ends it.</summary>
    public ValueTask DisposeAsync()
    {
        if (!_reads && _buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }

        return default;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitAsync(ValueTask<int> read)
    {
        while (true)
        {
            _reads = true;
            var count = await read;
            _reads = false;
            Filled(count);
            if (TryAdvance())
                return true;
            if (_ended)
                return false;
            read = Fill();
        }
    }

    private ValueTask<int> Fill()
    {
        if (_event > 0)
        {
            // What is left moves to the front: the events before it were used up.
            _buffer.AsSpan(_event, _end - _event).CopyTo(_buffer);
            _fields.Move(_event);
            _line -= _event;
            _scanned -= _event;
            _end -= _event;
            _event = 0;
        }

        if (_end > _maxEventBytes)
            throw new ProviderException(ProviderFailure.TooLarge);
        if (_end == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _body.ReadAsync(_buffer.AsMemory(_end), _cancellationToken);
    }

    private void Filled(int count)
    {
        _end += count;
        _ended = count == 0;
    }

    /// <summary>Reads lines until one ends an event.</summary>
    private bool TryAdvance()
    {
        SkipLineFeed();
        while (true)
        {
            var end = _buffer.AsSpan(_scanned, _end - _scanned).IndexOfAny((byte)'\n', (byte)'\r');
            if (end < 0)
            {
                _scanned = _end;
                return _ended && TakeRest();
            }

            end += _scanned;
            var isEvent = _fields.Add(_buffer, _line, end);
            _line = _scanned = end + 1;
            if (_buffer[end] == '\r')
            {
                _skipsLineFeed = true;
                SkipLineFeed();
            }

            // Comments and the like take no room: whatever is not part of an event is forgotten.
            if (isEvent || _fields.IsEmpty)
                _event = _line;
            if (isEvent)
                return true;
        }
    }

    // CR LF is one line end, also where the two are read apart.
    private void SkipLineFeed()
    {
        if (!_skipsLineFeed || _line == _end)
            return;
        _skipsLineFeed = false;
        if (_buffer[_line] != '\n')
            return;
        if (_event == _line)
            _event++;
        _line++;
        _scanned = Math.Max(_scanned, _line);
    }

    private bool TakeRest()
    {
        if (_line < _end)
            _fields.Add(_buffer, _line, _end);
        _event = _line = _scanned = _end;
        return _fields.EndEvent();
    }
}
