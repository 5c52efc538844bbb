namespace AiGateway.AspNetCore.WebSockets;

/// <summary>
/// The turns of a connection that wait for the one in flight, in order. What is refused because too many wait is told so when its turn comes: told earlier, a
/// client would take it for the end of the turn in flight. Meanwhile it is nothing but a number.
/// </summary>
/// <param name="maxWaiting">How many may wait while one is in flight.</param>
/// <param name="maxBytes">How many bytes may wait; one message may always, whatever its size.</param>
internal sealed class TurnQueue(Func<int> maxWaiting, Func<long> maxBytes) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _queue = new();
    private readonly SemaphoreSlim _ready = new(0);
    private Waiting? _last;
    private int _messages;
    private long _bytes;
    private bool _isClosed;

    /// <summary>Adds what came. Behind what is too large nothing counts.</summary>
    /// <param name="message">The message.</param>
    public void Add(SocketMessage message)
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            if (message.Kind == SocketMessageKind.Message && IsFull(message.Utf8.Length))
                message = new SocketMessage(SocketMessageKind.OneTooMany);
            if (message.Kind == SocketMessageKind.OneTooMany && _last is { Message.Kind: SocketMessageKind.OneTooMany, Times: > 0 })
                _last.Times++;
            else
                _queue.Enqueue(_last = new Waiting(message));
            _isClosed = message.Kind == SocketMessageKind.TooLarge;
            if (message.Kind == SocketMessageKind.Message)
            {
                _messages++;
                _bytes += message.Utf8.Length;
            }
        }

        _ready.Release();
    }

    /// <summary>Takes what is next. It is in flight until <see cref="Done"/>.</summary>
    /// <param name="cancellationToken">Ends when nothing more is to begin.</param>
    /// <exception cref="OperationCanceledException">Nothing more is to begin.</exception>
    public async ValueTask<SocketMessage> TakeAsync(CancellationToken cancellationToken)
    {
        await _ready.WaitAsync(cancellationToken);
        lock (_gate)
        {
            var next = _queue.Peek();
            if (--next.Times == 0)
                _queue.Dequeue();
            _bytes -= next.Message.Utf8.Length;
            return next.Message;
        }
    }

    /// <summary>Says that the message taken last is in flight no more. To be said before its client can know.</summary>
    public void Done()
    {
        lock (_gate)
            _messages--;
    }

    public void Dispose() => _ready.Dispose();

    // The messages are those that wait and the one in flight.
    private bool IsFull(int length) => _messages > maxWaiting() || (_bytes > 0 && _bytes + length > maxBytes());

    private sealed class Waiting(SocketMessage message)
    {
        public SocketMessage Message => message;

        /// <summary>How many of it there are; 0 once all are taken.</summary>
        public int Times { get; set; } = 1;
    }
}
