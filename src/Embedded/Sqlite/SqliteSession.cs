using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AiGateway.Embedded.Sqlite;

/// <summary>A connection and the statements that were prepared on it. Used by one thread at a time.</summary>
internal sealed class SqliteSession(SqliteConnection connection) : IDisposable
{
    // Some queries are put together; so many different ones are not worth keeping.
    private const int MostCommands = 128;

    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (sqlite3_stmt Statement, int[] Places)> _statements = new(StringComparer.Ordinal);
    private sqlite3_stmt? _begin;
    private sqlite3_stmt? _beginImmediate;
    private sqlite3_stmt? _commit;

    public SqliteConnection Connection => connection;

    /// <summary>The number of the row that was inserted last.</summary>
    public long LastInserted => raw.sqlite3_last_insert_rowid(Handle);

    /// <summary>What the writer knows of what it recorded; null where it is to find out. Forgotten with a transaction that is undone.</summary>
    public RecordedUsage? RecordedUsage { get; set; }

    /// <summary>Packs usage for the writer.</summary>
    public UsageSegmentEncoder UsageEncoder => field ??= new UsageSegmentEncoder();

    private sqlite3 Handle => connection.Handle!;

    /// <summary>Inserts, updates or deletes.</summary>
    /// <param name="sql">The statement; its parameters are <c>$1</c>, <c>$2</c>, …</param>
    /// <param name="values">Their values: texts, numbers, bytes; a null is NULL.</param>
    /// <returns>How many rows it changed.</returns>
    /// <remarks>Not by a command: a command looks up each parameter by its name each time, which costs the writer more than a row.</remarks>
    public int Execute(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_statements.TryGetValue(sql, out var prepared))
            _statements.Add(sql, prepared = PrepareStatement(sql, values.Length));
        var (statement, places) = prepared;
        try
        {
            for (var i = 0; i < places.Length; i++)
                Check(Bind(statement, places[i], values[i]));
            var code = raw.sqlite3_step(statement);
            if (code != raw.SQLITE_DONE)
                SqliteException.ThrowExceptionForRC(code, Handle);
            return raw.sqlite3_changes(Handle);
        }
        finally
        {
            _ = raw.sqlite3_reset(statement);
            _ = raw.sqlite3_clear_bindings(statement);
        }
    }

    /// <summary>Reads one row.</summary>
    /// <param name="sql">The query.</param>
    /// <param name="read">Reads the row.</param>
    /// <param name="values">The parameters' values.</param>
    /// <returns>What was read; the default where there is no row.</returns>
    public T? First<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        return reader.Read() ? read(reader) : default;
    }

    /// <summary>Reads all rows.</summary>
    /// <param name="sql">The query.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="values">The parameters' values.</param>
    /// <returns>What was read.</returns>
    public List<T> All<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>Reads rows one by one.</summary>
    /// <param name="sql">The query.</param>
    /// <param name="read">Reads a row, and says whether there shall be another.</param>
    /// <param name="values">The parameters' values.</param>
    public void Each(string sql, Func<SqliteDataReader, bool> read, params ReadOnlySpan<object?> values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        while (reader.Read() && read(reader))
        {
        }
    }

    /// <summary>Runs statements that are not worth keeping, or that act when they are prepared, as most pragmas do.</summary>
    /// <param name="sql">One or more statements without parameters.</param>
    public void Run(string sql) => Check(raw.sqlite3_exec(Handle, sql));

    /// <summary>Begins a transaction.</summary>
    /// <param name="write">Whether it takes the lock for writing at once, and so waits here for who holds it; else it is to read one state.</param>
    public void Begin(bool write)
    {
        if (write)
            Step(ref _beginImmediate, "BEGIN IMMEDIATE");
        else
            Step(ref _begin, "BEGIN");
    }

    /// <summary>Commits the transaction.</summary>
    public void Commit() => Step(ref _commit, "COMMIT");

    /// <summary>Undoes the transaction, where SQLite has not done so by itself.</summary>
    public void Rollback()
    {
        RecordedUsage = null;
        if (raw.sqlite3_get_autocommit(Handle) == 0)
            Run("ROLLBACK");
    }

    /// <summary>How many pages the connection has written since it was last asked.</summary>
    public int TakeWrittenPages()
    {
        _ = raw.sqlite3_db_status(Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        return pages;
    }

    /// <summary>Moves what the write-ahead log holds into the file.</summary>
    /// <param name="mode">How far, as <c>raw.SQLITE_CHECKPOINT_…</c>.</param>
    /// <param name="wait">How long to wait for readers that are in the way.</param>
    /// <returns>Whether all of it was moved. If not, the cause may be a reader, or the disk; another time will do.</returns>
    public bool Checkpoint(int mode, TimeSpan wait)
    {
        WaitForLocks(wait);
        var done = raw.sqlite3_wal_checkpoint_v2(Handle, null!, mode, out var pages, out var moved) == raw.SQLITE_OK && pages == moved;
        WaitForLocks(SqliteFile.LongestWait);
        return done;
    }

    /// <summary>Waits for another process's locks.</summary>
    /// <param name="longest">How long; zero for not at all.</param>
    public void WaitForLocks(TimeSpan longest) => Check(raw.sqlite3_busy_timeout(Handle, (int)longest.TotalMilliseconds));

    public void Dispose()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        foreach (var (statement, _) in _statements.Values)
            statement.Dispose();
        _begin?.Dispose();
        _beginImmediate?.Dispose();
        _commit?.Dispose();
        connection.Dispose();
    }

    private (sqlite3_stmt Statement, int[] Places) PrepareStatement(string sql, int values)
    {
        Check(raw.sqlite3_prepare_v2(Handle, sql, out var statement));
        return (statement, [.. Enumerable.Range(1, values).Select(i => raw.sqlite3_bind_parameter_index(statement, Name(i)))]);
    }

    private static string Name(int parameter) => "$" + parameter.ToString(CultureInfo.InvariantCulture);

    private static int Bind(sqlite3_stmt statement, int index, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(statement, index),
        string text => raw.sqlite3_bind_text(statement, index, text),
        long number => raw.sqlite3_bind_int64(statement, index, number),
        int number => raw.sqlite3_bind_int64(statement, index, number),
        byte[] bytes => raw.sqlite3_bind_blob(statement, index, bytes),
        ReadOnlyMemory<byte> bytes => raw.sqlite3_bind_blob(statement, index, bytes.Span),
        _ => throw new ArgumentException($"A {value.GetType()} cannot be stored.", nameof(value)),
    };

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            if (_commands.Count == MostCommands)
                Forget();
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 1; i <= values.Length; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = Name(i) });
            _commands.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }

    private void Forget()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        _commands.Clear();
    }

    private void Step(ref sqlite3_stmt? statement, string sql)
    {
        if (statement is null)
            Check(raw.sqlite3_prepare_v2(Handle, sql, out statement));
        var code = raw.sqlite3_step(statement);
        _ = raw.sqlite3_reset(statement);
        if (code != raw.SQLITE_DONE)
            SqliteException.ThrowExceptionForRC(code, Handle);
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(code, Handle);
    }
}
