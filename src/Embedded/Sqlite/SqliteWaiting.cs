namespace AiGateway.Embedded.Sqlite;

/// <summary>Writes that somebody waits for who may leave.</summary>
internal static class SqliteWaiting
{
    /// <summary>Writes, and waits for it no longer than the caller does.</summary>
    /// <param name="database">Where.</param>
    /// <param name="work">Writes.</param>
    /// <param name="cancellationToken">Gives up waiting; it may be written all the same.</param>
    /// <returns>What the work returned, once it is committed.</returns>
    public static async ValueTask<T> WriteAsync<T>(this SqliteDatabase database, Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var written = database.WriteAsync(work);
        return written.IsCompletedSuccessfully ? written.Result : await written.AsTask().WaitAsync(cancellationToken);
    }
}
