using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace AiGateway.Upstream;

/// <summary>What was received, in order, and how much is going on now.</summary>
internal sealed class RequestLog(bool keep)
{
    private readonly Lock _lock = new();
    private readonly List<ReceivedRequest> _requests = [];
    private readonly Channel<ReceivedRequest> _fresh = Channel.CreateUnbounded<ReceivedRequest>();
    private int _active;
    private int _connections;
    private int _opened;
    private int _number;

    public StateSignal Changed { get; } = new();

    public int Active => Volatile.Read(ref _active);

    public int Connections => Volatile.Read(ref _connections);

    public int ConnectionsEver => Volatile.Read(ref _opened);

    public ReceivedRequest[] Requests
    {
        get
        {
            lock (_lock) return [.. _requests];
        }
    }

    public ReceivedRequest Add(HttpContext context, byte[] body)
    {
        ReceivedRequest request;
        lock (_lock)
        {
            request = ReceivedRequest.From(context, body, ++_number);
            if (!keep) return request;
            _requests.Add(request);
            _fresh.Writer.TryWrite(request);
        }

        Changed.Pulse();
        return request;
    }

    public ValueTask<ReceivedRequest> NextAsync(CancellationToken cancellation) => _fresh.Reader.ReadAsync(cancellation);

    public void Begin() => Count(ref _active, 1);

    public void End() => Count(ref _active, -1);

    /// <summary>The connections themselves, by their id.</summary>
    public ConcurrentDictionary<string, ConnectionContext> Open { get; } = new(StringComparer.Ordinal);

    public void Connected(ConnectionContext connection)
    {
        Interlocked.Increment(ref _opened);
        Open[connection.ConnectionId] = connection;
        Count(ref _connections, 1);
    }

    public void Disconnected(ConnectionContext connection)
    {
        Open.TryRemove(connection.ConnectionId, out _);
        Count(ref _connections, -1);
    }

    private void Count(ref int counter, int by)
    {
        Interlocked.Add(ref counter, by);
        if (keep) Changed.Pulse();
    }
}
