using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace AiGateway.Bench.Compare.Processes;

/// <summary>
/// A process that ends when this one does, however this one ends: a shell holds the other end of a pipe, and ends the process when the
/// pipe closes.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // Prints the process's id; the reader of the pipe is the only thing that outlives a killed driver, for as long as it takes to end the process.
    private const string Guard =
        "exec 3<&0; \"$@\" & child=$!; echo \"$child\"; (read -r _ <&3; kill \"$child\" 2>/dev/null) & guard=$!; wait \"$child\"; code=$?; kill \"$guard\" 2>/dev/null; exit \"$code\"";

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    private readonly Process _shell;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<int> _id = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process shell) => _shell = shell;

    public int Id { get; private set; }

    public bool HasExited => _shell.HasExited;

    /// <summary>Over 128 when a signal ended it. Only to be asked for when it has exited.</summary>
    public int ExitCode => _shell.ExitCode;

    /// <summary>The last of what it printed, for messages.</summary>
    public string Output => string.Join(Environment.NewLine, _lines);

    public static async Task<ChildProcess> StartAsync(
        string workingDirectory, IReadOnlyDictionary<string, string> environment, string file, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Guard, "sh", file, .. arguments])
        {
            UseShellExecute = false,
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS");
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("OPENAI_", StringComparison.Ordinal) || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var child = new ChildProcess(new Process { StartInfo = start });
        child._shell.OutputDataReceived += child.Printed;
        child._shell.ErrorDataReceived += child.Printed;
        child._shell.Start();
        child._shell.BeginOutputReadLine();
        child._shell.BeginErrorReadLine();
        child.Id = await child._id.Task.WaitAsync(StopPatience);
        return child;
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(StopPatience);
        try
        {
            _shell.StandardInput.Close();
            await _shell.WaitForExitAsync(patience.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            _shell.Kill(entireProcessTree: true);
        }

        _shell.Dispose();
    }

    private void Printed(object sender, DataReceivedEventArgs printed)
    {
        if (printed.Data is not { } line)
            return;
        if (!_id.Task.IsCompleted && int.TryParse(line, CultureInfo.InvariantCulture, out var id))
        {
            _id.TrySetResult(id);
            return;
        }

        _lines.Enqueue(line);
        while (_lines.Count > 20)
            _lines.TryDequeue(out _);
    }
}
