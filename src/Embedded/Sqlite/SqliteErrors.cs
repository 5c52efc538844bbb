using AiGateway.Engine;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AiGateway.Embedded.Sqlite;

/// <summary>What SQLite's errors mean here.</summary>
internal static class SqliteErrors
{
    /// <summary>Whether the error is the storage's and may pass, as a full disk or a lock; else it is a fault of the statement.</summary>
    public static bool IsOfStorage(SqliteException exception) => exception.SqliteErrorCode is
        raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or
        raw.SQLITE_PROTOCOL or raw.SQLITE_NOMEM or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_NOLFS;

    /// <summary>Whether the connection itself may be spoilt, so that another is to take its place. A full disk and a lock spoil none.</summary>
    public static bool SpoilsConnection(SqliteException exception) => exception.SqliteErrorCode is
        raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_PROTOCOL or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>What callers get to see of an error.</summary>
    public static Exception ForCaller(Exception exception) =>
        exception is SqliteException e && IsOfStorage(e) ? new StorageUnavailableException(e.Message, e) : exception;
}
