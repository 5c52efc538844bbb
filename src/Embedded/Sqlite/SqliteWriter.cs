using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace AiGateway.Embedded.Sqlite;

/// <summary>
/// The one thread that writes. It takes all that is there to write, writes it in one transaction, and tells all who wait when that is committed:
/// the more there is, the less each costs. A transaction with something urgent in it is flushed to the disk.
/// </summary>
internal sealed partial class SqliteWriter
{
    // Pages of the write-ahead log: so many are moved into the file at once; where readers are in the way they may become so many more.
    private const int PagesToMove = 1000;
    private const int MostPages = 8 * PagesToMove;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private readonly WriteQueue _queue = new();
    private readonly List<IWriteWork> _taken = [];
    private readonly Func<SqliteSession>? _reopen;
    private readonly Lock _gate;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private SqliteSession _session;
    private bool _flushes = true;
    private bool _spoilt;
    private bool _failing;
    private int _pages;
    private int _moveAt = PagesToMove;

    /// <summary>Starts the thread.</summary>
    /// <param name="session">The connection to write to, which now is the writer's.</param>
    /// <param name="reopen">Opens another such connection, where this one has failed; null where there is only this one, in memory.</param>
    /// <param name="gate">Held while a transaction is open.</param>
    /// <param name="logger">Where failures are told of.</param>
    public SqliteWriter(SqliteSession session, Func<SqliteSession>? reopen, Lock gate, ILogger logger)
    {
        _session = session;
        _reopen = reopen;
        _gate = gate;
        _logger = logger;
        _thread = new Thread(Work) { IsBackground = true, Name = "AiGateway writer" };
        _thread.Start();
    }

    /// <summary>Has something written.</summary>
    /// <returns>False where the writer has stopped.</returns>
    public bool Add(IWriteWork work, bool urgent) => _queue.Add(work, urgent);

    /// <summary>Writes what is left, and closes the connection.</summary>
    public void Stop()
    {
        _queue.Close();
        _thread.Join();
        _session.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            switch (_queue.Wait(_pages > 0 ? Idle : null))
            {
                case WriteTurn.Urgent:
                    WriteTogether(flush: true);
                    break;
                case WriteTurn.Relaxed:
                    WriteTogether(flush: false);
                    break;
                case WriteTurn.Idle:
                    CutLog();
                    continue;
                default:
                    return;
            }

            _queue.End();
            MoveLog();
        }
    }

    private void WriteTogether(bool flush)
    {
        _taken.Clear();
        lock (_gate)
        {
            if (TryBegin(flush) is { } refused)
            {
                Fail(_queue.TakeAll(), refused);
                return;
            }

            try
            {
                while (_queue.TryTake(out var work))
                {
                    _taken.Add(work);
                    work.Run(_session);
                }

                _session.Commit();
            }
            catch (Exception e)
            {
                Undo(e);
                if (_taken.Count == 1)
                    _taken[0].Fail(e);
                else
                    WriteEach(flush);
                return;
            }
        }

        Recovered();
        foreach (var work in _taken)
            work.Complete();
    }

    // One of them was at fault, or all of them together were too much: the others shall not suffer for it.
    private void WriteEach(bool flush)
    {
        for (var i = 0; i < _taken.Count; i++)
        {
            if (TryBegin(flush) is { } refused)
            {
                Fail(_taken.Skip(i), refused);
                return;
            }

            try
            {
                _taken[i].Run(_session);
                _session.Commit();
            }
            catch (Exception e)
            {
                Undo(e);
                _taken[i].Fail(e);
                continue;
            }

            Recovered();
            _taken[i].Complete();
        }
    }

    private SqliteException? TryBegin(bool flush)
    {
        try
        {
            if (_spoilt && _reopen is not null)
            {
                _session.Dispose();
                _session = _reopen();
                (_spoilt, _flushes) = (false, true);
            }

            if (_flushes != flush && _reopen is not null)
            {
                _session.Run(flush ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
                _flushes = flush;
            }

            _session.Begin(write: true);
            return null;
        }
        catch (SqliteException e)
        {
            Note(e);
            return e;
        }
    }

    private void Undo(Exception exception)
    {
        try
        {
            _session.Rollback();
        }
        catch (SqliteException)
        {
            _spoilt = true;
        }

        if (exception is SqliteException e)
            Note(e);
    }

    private static void Fail(IEnumerable<IWriteWork> all, SqliteException exception)
    {
        foreach (var work in all)
            work.Fail(exception);
    }

    private void MoveLog()
    {
        if (_reopen is null || _spoilt)
            return;
        _pages += _session.TakeWrittenPages();
        if (_pages < _moveAt)
            return;
        var moved = _session.Checkpoint(_pages < MostPages ? raw.SQLITE_CHECKPOINT_PASSIVE : raw.SQLITE_CHECKPOINT_RESTART, SqliteFile.ShortWait);
        if (moved)
            _pages = 1;
        _moveAt = _pages + PagesToMove;
    }

    // What was moved into the file still stands in the log too, also what has been deleted since.
    private void CutLog()
    {
        if (_spoilt || !_session.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE, TimeSpan.Zero))
            return;
        _pages = 0;
        _moveAt = PagesToMove;
    }

    private void Note(SqliteException exception)
    {
        _spoilt |= SqliteErrors.SpoilsConnection(exception);
        if (_failing || !SqliteErrors.IsOfStorage(exception))
            return;
        _failing = true;
        LogFailing(exception.Message);
    }

    private void Recovered()
    {
        if (!_failing)
            return;
        _failing = false;
        LogRecovered();
    }

    [LoggerMessage(4001, LogLevel.Error, "Nothing can be stored now: {Reason}")]
    private partial void LogFailing(string reason);

    [LoggerMessage(4002, LogLevel.Information, "Storing works again")]
    private partial void LogRecovered();
}
