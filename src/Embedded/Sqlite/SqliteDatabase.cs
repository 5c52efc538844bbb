using AiGateway.Configuration;
using AiGateway.Engine;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiGateway.Embedded.Sqlite;

/// <summary>
/// One SQLite database: a thread that writes, a few connections that read. It lives in a file, which no other process can use meanwhile, or in memory,
/// where everybody shares one connection. What made it fail need only go away: it does not have to be opened again.
/// </summary>
internal sealed class SqliteDatabase : IAsyncDisposable, IDisposable
{
    /// <summary>The path of a database that ends with the process.</summary>
    public const string InMemory = ":memory:";

    private readonly SqliteFile? _file;
    private readonly SqliteSession? _shared;
    private readonly SqliteReaders? _readers;
    private readonly SqliteWriter _writer;
    private readonly Lock _gate = new();
    private bool _disposed;

    private SqliteDatabase(SqliteFile? file, SqliteSession session, ILogger logger)
    {
        _file = file;
        _shared = file is null ? session : null;
        _readers = file is null ? null : new SqliteReaders(file.OpenReader);
        _writer = new SqliteWriter(session, file is null ? null : file.OpenWriter, _gate, logger);
    }

    /// <summary>Whether it ends with the process.</summary>
    public bool IsInMemory => _file is null;

    /// <summary>Opens a database and brings its tables up to date.</summary>
    /// <param name="path">The file, made where there is none, readable to its owner only; <see cref="InMemory"/> for one that ends with the process.</param>
    /// <param name="logger">Where failures are told of; null for nowhere.</param>
    /// <param name="versions">The scripts that make the tables; null for <see cref="SqliteSchema.Versions"/>.</param>
    /// <returns>The database.</returns>
    /// <exception cref="GatewayConfigurationException">The file cannot be used: the message names it and says why.</exception>
    public static SqliteDatabase Open(string path, ILogger? logger = null, IReadOnlyList<string>? versions = null)
    {
        logger ??= NullLogger.Instance;
        versions ??= SqliteSchema.Versions;
        if (path == InMemory)
            return new SqliteDatabase(null, OpenInMemory(versions), logger);

        var file = SqliteFile.Take(path);
        SqliteSession? session = null;
        try
        {
            session = file.OpenWriter();
            if (SqliteMigration.Refuse(session, versions) is { } why)
                throw SqliteFile.Refused(file.Path, why);

            // All are in the file from here on; the first two can be set in an empty one only. A response rarely fits in a smaller page beside another.
            session.Run("PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL");
            SqliteMigration.Run(session, versions);
            return new SqliteDatabase(file, session, logger);
        }
        catch (Exception e)
        {
            session?.Dispose();
            file.Dispose();
            if (e is SqliteException sqlite)
                throw SqliteFile.Refused(file.Path, $"cannot be opened: {sqlite.Message}", e);
            throw;
        }
    }

    /// <summary>Writes, in a transaction that it shares with whatever else is to be written at the moment.</summary>
    /// <param name="work">Writes, on another thread. May run twice where the shared transaction failed.</param>
    /// <param name="urgent">Whether somebody waits for it to be safe from a loss of power; else it may wait some milliseconds for company, and is safe from a kill of the process only.</param>
    /// <param name="cancellationToken">Gives up waiting; it is written all the same.</param>
    /// <returns>What the work returned, once it is committed.</returns>
    /// <exception cref="StorageUnavailableException">It could not be committed: nothing of it is written.</exception>
    public ValueTask<T> WriteAsync<T>(Func<SqliteSession, T> work, bool urgent = true, CancellationToken cancellationToken = default)
    {
        var write = new WriteWork<T>(work);
        if (!_writer.Add(write, urgent))
            throw new StorageUnavailableException("The database is closed.");
        return new ValueTask<T>(cancellationToken.CanBeCanceled ? write.Task.WaitAsync(cancellationToken) : write.Task);
    }

    /// <summary>Reads what is committed, all of it as of one moment, on the caller's thread.</summary>
    /// <param name="work">Reads.</param>
    /// <param name="cancellationToken">Gives up waiting for a connection.</param>
    /// <returns>What the work returned.</returns>
    /// <exception cref="StorageUnavailableException">It could not be read.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        try
        {
            return _readers is null ? ReadShared(work) : await _readers.ReadAsync(work, cancellationToken);
        }
        catch (SqliteException e) when (SqliteErrors.IsOfStorage(e))
        {
            throw SqliteErrors.ForCaller(e);
        }
    }

    /// <summary>Writes what is left and closes the database.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        // The last connection to be closed moves the log into the file.
        _readers?.Dispose();
        _writer.Stop();
        _file?.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private static SqliteSession OpenInMemory(IReadOnlyList<string> versions)
    {
        var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        var session = new SqliteSession(connection);

        // The sweeper holds it within half of this, but comes once a second only: 256 MiB.
        session.Run("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA temp_store = MEMORY; PRAGMA max_page_count = 65536");
        SqliteMigration.Run(session, versions);
        return session;
    }

    private T ReadShared<T>(Func<SqliteSession, T> work)
    {
        lock (_gate)
            return _disposed ? throw new StorageUnavailableException("The database is closed.") : work(_shared!);
    }
}
