using AiGateway.Engine;

namespace AiGateway.Embedded.Sqlite;

/// <summary>Keeps secrets in a SQLite database, which only its owner can read.</summary>
internal sealed class SqliteKeptSecrets(SqliteDatabase database) : IKeptSecrets
{
    private const string FindSql = "SELECT value FROM secrets WHERE name = $1";

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> GetOrCreateAsync(string name, Func<byte[]> create, CancellationToken cancellationToken) =>
        await database.ReadAsync(session => Find(session, name), cancellationToken) ?? await database.WriteAsync(
            session =>
            {
                if (Find(session, name) is { } kept)
                    return kept;
                var made = create();
                session.Execute("INSERT INTO secrets (name, value) VALUES ($1, $2)", name, made);
                return made;
            },
            urgent: true,
            cancellationToken);

    private static byte[]? Find(SqliteSession session, string name) => session.First(FindSql, static row => row.GetFieldValue<byte[]>(0), name);
}
