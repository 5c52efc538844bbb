using AiGateway.Configuration;
using AiGateway.Embedded.Sqlite;
using Microsoft.Data.Sqlite;

namespace AiGateway.Embedded.Tests;

public sealed class SqliteOpeningTests : IDisposable
{
    private const string Next = "CREATE TABLE extra (a INTEGER) STRICT;";

    private readonly string _folder = Directory.CreateTempSubdirectory("aigateway-store-").FullName;

    private string File => Path.Combine(_folder, "deep", "er", "store.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_is_made_for_its_owner_only()
    {
        await using var database = SqliteDatabase.Open(File);
        await database.WriteAsync(session => session.Execute("INSERT INTO secrets (name, value) VALUES ('a', x'00')"));

        Assert.Equal(2, await Number(database, "PRAGMA auto_vacuum"));
        Assert.Equal("wal", await database.ReadAsync(session => session.First("PRAGMA journal_mode", row => row.GetString(0)), default));
        Assert.Equal(1, await database.WriteAsync(session => session.First("PRAGMA secure_delete", row => row.GetInt64(0))));
        if (OperatingSystem.IsWindows())
            return;
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(File)!))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, System.IO.File.GetUnixFileMode(Path.GetDirectoryName(File)!));
    }

    [Fact]
    public async Task A_file_belongs_to_one_at_a_time()
    {
        await using (SqliteDatabase.Open(File))
        {
            Refused("is in use by another process");
            if (!OperatingSystem.IsWindows())
            {
                var link = Path.Combine(_folder, "link.db");
                System.IO.File.CreateSymbolicLink(link, File);
                Assert.Contains("in use", Assert.Throws<GatewayConfigurationException>(() => SqliteDatabase.Open(link)).Message, StringComparison.Ordinal);
            }
        }

        await SqliteDatabase.Open(File).DisposeAsync();
    }

    [Fact]
    public async Task A_file_that_was_refused_is_free_again()
    {
        await SqliteDatabase.Open(File, null, [.. SqliteSchema.Versions, Next]).DisposeAsync();
        Refused("newer version");

        await SqliteDatabase.Open(File, null, [.. SqliteSchema.Versions, Next]).DisposeAsync();
    }

    [Fact]
    public void What_is_no_database_is_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, new string('x', 5000));

        Refused("not a database");
        Assert.Equal(5000, new FileInfo(File).Length);
    }

    [Fact]
    public void Another_programs_database_is_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        using (var other = new SqliteConnection($"Data Source={File};Pooling=false"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "CREATE TABLE theirs (a)";
            command.ExecuteNonQuery();
        }

        Refused("another program's database");
    }

    [Fact]
    public void A_folder_is_refused()
    {
        Directory.CreateDirectory(File);
        Refused("is a folder");
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_refused()
    {
        System.IO.File.WriteAllText(Path.Combine(_folder, "deep"), "a file");
        Refused("cannot be opened");
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused_and_stays_as_it_is()
    {
        await SqliteDatabase.Open(File, null, [.. SqliteSchema.Versions, Next]).DisposeAsync();

        Refused($"was written by a newer version of the gateway (its version is {SqliteSchema.Versions.Count + 1}, this program knows up to {SqliteSchema.Versions.Count})");

        await using var database = SqliteDatabase.Open(File, null, [.. SqliteSchema.Versions, Next]);
        Assert.Equal(0, await Number(database, "SELECT count(*) FROM extra"));
    }

    [Fact]
    public async Task A_file_of_an_older_version_is_brought_up_to_date_with_what_is_in_it()
    {
        await using (var old = SqliteDatabase.Open(File))
            await old.WriteAsync(session => session.Execute("INSERT INTO secrets (name, value) VALUES ('a', x'07')"));

        await using var database = SqliteDatabase.Open(
            File, null, [.. SqliteSchema.Versions, Next, "ALTER TABLE secrets ADD COLUMN length INTEGER; UPDATE secrets SET length = length(value);"]);

        Assert.Equal(SqliteSchema.Versions.Count + 2, await Number(database, "PRAGMA user_version"));
        Assert.Equal(1, await Number(database, "SELECT length FROM secrets WHERE name = 'a'"));
    }

    [Fact]
    public async Task A_step_to_a_version_that_fails_leaves_the_one_before()
    {
        await SqliteDatabase.Open(File).DisposeAsync();

        Assert.Throws<GatewayConfigurationException>(() => SqliteDatabase.Open(File, null, [.. SqliteSchema.Versions, Next, "CREATE TABLE half (a); nonsense;"]));

        await using var database = SqliteDatabase.Open(File, null, [.. SqliteSchema.Versions, Next]);
        Assert.Equal(SqliteSchema.Versions.Count + 1, await Number(database, "PRAGMA user_version"));
        Assert.Equal(0, await Number(database, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'"));
    }

    private void Refused(string why)
    {
        var e = Assert.Throws<GatewayConfigurationException>(() => SqliteDatabase.Open(File));
        Assert.StartsWith("Gateway:Storage:Path: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(File, e.Message, StringComparison.Ordinal);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    private static ValueTask<long> Number(SqliteDatabase database, string sql) => database.ReadAsync(session => session.First(sql, row => row.GetInt64(0)), default);
}
