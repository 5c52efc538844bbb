using AiGateway.Engine;

namespace AiGateway.Embedded.Sqlite;

/// <summary>Keeps tenants and keys in a SQLite database, which no other process can use meanwhile.</summary>
internal sealed class SqliteDirectoryStore(SqliteDatabase database) : IDirectoryStore
{
    private const string NextSql = "SELECT coalesce(max(revision), 0) + 1 FROM directory";
    private const string InsertSql = "INSERT INTO directory (kind, id, revision, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    private const string UpdateSql = "UPDATE directory SET revision = $3, body = $4 WHERE kind = $1 AND id = $2 AND revision = $5";
    private const string ReadSql = "SELECT kind, id, revision, body FROM directory WHERE revision > $1 ORDER BY revision";

    /// <inheritdoc/>
    public bool IsShared => false;

    /// <inheritdoc/>
    public ValueTask<long?> PutAsync(DirectoryEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        session =>
        {
            var next = session.First(NextSql, static row => row.GetInt64(0));
            var body = SqliteValues.Blob(entry.Body);
            var rows = entry.Revision == 0
                ? session.Execute(InsertSql, entry.Kind, entry.Id, next, body)
                : session.Execute(UpdateSql, entry.Kind, entry.Id, next, body, entry.Revision);
            return rows == 0 ? (long?)null : next;
        },
        urgent: true,
        cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<DirectoryEntry>> ReadAsync(long after, CancellationToken cancellationToken) => await database.ReadAsync(
        session => session.All(
            ReadSql, static row => new DirectoryEntry(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetFieldValue<byte[]>(3)), after),
        cancellationToken);
}
