using System.Collections.Concurrent;
using AiGateway.Engine;

namespace AiGateway.Embedded.Sqlite;

/// <summary>A few connections that read. Each reading sees one state, the last that was committed before it, and waits for no writer.</summary>
internal sealed class SqliteReaders(Func<SqliteSession> open) : IDisposable
{
    private static readonly int Most = Math.Clamp(2 * Environment.ProcessorCount, 4, 16);

    private readonly SemaphoreSlim _places = new(Most, Most);
    private readonly ConcurrentBag<SqliteSession> _free = [];
    private volatile bool _closed;

    /// <summary>Reads on the caller's thread.</summary>
    /// <param name="work">Reads.</param>
    /// <param name="cancellationToken">Gives up waiting for a connection.</param>
    /// <returns>What the work returned.</returns>
    public async ValueTask<T> ReadAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        SqliteSession? session = null;
        try
        {
            if (_closed)
                throw new StorageUnavailableException("The database is closed.");
            if (!_free.TryTake(out session))
                session = open();
            session.Begin(write: false);
            var result = work(session);
            session.Commit();

            // One that failed is not used again.
            _free.Add(session);
            session = null;
            return result;
        }
        finally
        {
            session?.Dispose();
            _places.Release();
        }
    }

    /// <summary>Closes the connections, each when nobody reads on it any more.</summary>
    public void Dispose()
    {
        _closed = true;
        for (var i = 0; i < Most; i++)
            _places.Wait();
        foreach (var session in _free)
            session.Dispose();
        _free.Clear();
        _places.Release(Most);
    }
}
