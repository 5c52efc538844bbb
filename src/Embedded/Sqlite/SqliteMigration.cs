using Microsoft.Data.Sqlite;

namespace AiGateway.Embedded.Sqlite;

/// <summary>Brings a database to the version that this program knows.</summary>
internal static class SqliteMigration
{
    // "AiGw": whose file it is.
    private const long ApplicationId = 0x41694777;

    /// <summary>Says why the database is not to be touched.</summary>
    /// <param name="session">A connection that writes.</param>
    /// <param name="versions">The scripts, from the first version on.</param>
    /// <returns>What is wrong with it; null for nothing.</returns>
    public static string? Refuse(SqliteSession session, IReadOnlyList<string> versions)
    {
        var version = Number(session, "PRAGMA user_version");
        var isOurs = Number(session, "PRAGMA application_id") == ApplicationId;
        if (!isOurs && (version != 0 || Number(session, "SELECT count(*) FROM sqlite_schema") != 0))
            return "is another program's database";
        return version > versions.Count
            ? $"was written by a newer version of the gateway (its version is {version}, this program knows up to {versions.Count})"
            : null;
    }

    /// <summary>Runs what leads from the database's version to the last one: each script whole or not at all.</summary>
    /// <param name="session">A connection that writes.</param>
    /// <param name="versions">The scripts, from the first version on.</param>
    public static void Run(SqliteSession session, IReadOnlyList<string> versions)
    {
        var from = (int)Number(session, "PRAGMA user_version");
        for (var version = from; version < versions.Count; version++)
        {
            session.Begin(write: true);
            try
            {
                session.Run(versions[version]);
                session.Run(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {version + 1}"));
                session.Commit();
            }
            catch (SqliteException)
            {
                session.Rollback();
                throw;
            }
        }
    }

    private static long Number(SqliteSession session, string sql) => session.First(sql, static row => row.GetInt64(0));
}
