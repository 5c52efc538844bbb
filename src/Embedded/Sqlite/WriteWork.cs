namespace AiGateway.Embedded.Sqlite;

/// <summary>Something to write, for which somebody waits.</summary>
internal interface IWriteWork
{
    /// <summary>Writes, in a transaction that is open. May be called again where that was not committed.</summary>
    void Run(SqliteSession session);

    /// <summary>Tells who waits that it is committed.</summary>
    void Complete();

    /// <summary>Tells who waits that nothing of it is.</summary>
    void Fail(Exception exception);
}

/// <summary>Something to write that has a result. Who waits goes on elsewhere: the writer has to write.</summary>
internal sealed class WriteWork<T>(Func<SqliteSession, T> work) : TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously), IWriteWork
{
    private T? _result;

    public void Run(SqliteSession session) => _result = work(session);

    public void Complete() => SetResult(_result!);

    public void Fail(Exception exception) => SetException(SqliteErrors.ForCaller(exception));
}
