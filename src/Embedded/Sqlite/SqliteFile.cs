using AiGateway.Configuration;
using Microsoft.Data.Sqlite;

namespace AiGateway.Embedded.Sqlite;

/// <summary>A database's file, which this process alone has open as long as it lives.</summary>
internal sealed class SqliteFile : IDisposable
{
    /// <summary>How long to wait for a lock of another process. After that, callers are told.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>How long to wait for a reader where that is not pressing.</summary>
    public static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(50);

    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersFolder = OwnersFile | UnixFileMode.UserExecute;

    // EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows.
    private static readonly int[] Locked = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _lock;

    private SqliteFile(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    /// <summary>The file's whole path.</summary>
    public string Path { get; }

    /// <summary>Makes the file where there is none, and keeps other processes away from it.</summary>
    /// <param name="path">The file; relative to the working directory.</param>
    /// <returns>The file.</returns>
    /// <exception cref="GatewayConfigurationException">It cannot be made, or another process has it.</exception>
    public static SqliteFile Take(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        FileStream? @lock = null;
        try
        {
            MakeFolder(System.IO.Path.GetDirectoryName(path));

            // Two names of one file shall be one file.
            var file = new FileInfo(path);
            if (file.LinkTarget is not null)
                path = file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
            if (Directory.Exists(path))
                throw Refused(path, "is a folder");
            @lock = Open(path + ".lock");

            // Before SQLite makes it, for it makes it readable to all; its log gets the file's own mode.
            if (!File.Exists(path))
                Open(path).Dispose();
            return new SqliteFile(path, @lock);
        }
        catch (IOException e) when (@lock is null && Locked.Contains(e.HResult))
        {
            throw Refused(path, "is in use by another process: two gateways cannot share a file", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            @lock?.Dispose();
            throw Refused(path, $"cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>Opens a connection that writes.</summary>
    public SqliteSession OpenWriter() => Open(SqliteOpenMode.ReadWrite, """
        PRAGMA synchronous = FULL;
        PRAGMA secure_delete = ON;
        PRAGMA wal_autocheckpoint = 0;
        PRAGMA journal_size_limit = 16777216;
        PRAGMA cache_size = -8192;
        PRAGMA temp_store = MEMORY;
        """);

    /// <summary>Opens a connection that only reads.</summary>
    public SqliteSession OpenReader() => Open(SqliteOpenMode.ReadOnly, """
        PRAGMA query_only = ON;
        PRAGMA cache_size = -1024;
        PRAGMA temp_store = MEMORY;
        """);

    /// <summary>What to say of a file that cannot be used.</summary>
    public static GatewayConfigurationException Refused(string path, string why, Exception? inner = null) =>
        new([$"{GatewayConfiguration.SectionName}:Storage:Path: '{path}' {why.ReplaceLineEndings(" ").TrimEnd('.')}."], inner);

    /// <summary>Lets other processes have the file.</summary>
    public void Dispose() => _lock.Dispose();

    private static void MakeFolder(string? folder)
    {
        if (folder is null || Directory.Exists(folder))
            return;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnersFolder);
    }

    private static FileStream Open(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnersFile;
        return new FileStream(path, options);
    }

    private SqliteSession Open(SqliteOpenMode mode, string settings)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = (int)LongestWait.TotalSeconds,
        }.ConnectionString);
        var session = new SqliteSession(connection);
        try
        {
            connection.Open();
            session.WaitForLocks(LongestWait);
            session.Run(settings);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
