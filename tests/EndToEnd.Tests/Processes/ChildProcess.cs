using System.Diagnostics;
using System.Globalization;
using System.Text;
using AiGateway.Upstream;

namespace AiGateway.EndToEnd.Tests.Processes;

/// <summary>
/// A process that ends when this one does, however this one ends: a shell holds the other end of a pipe, and ends the process when the
/// pipe closes.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // The first line of output is the process's id. A killed test run closes the pipe too.
    private const string Guard =
        "exec 3<&0; \"$@\" <&- & child=$!; echo \"$child\"; (read -r _ <&3; kill \"$child\" 2>/dev/null) & guard=$!; wait \"$child\"; code=$?; kill \"$guard\" 2>/dev/null; exit \"$code\"";

    /// <summary>Two busy cores start a process slowly; a test that waits this long has failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _shell;
    private readonly LineLog _output = new();
    private readonly LineLog _errors = new();
    private readonly TaskCompletionSource<int> _id = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;

    private ChildProcess(ProcessStartInfo start)
    {
        _shell = new Process { StartInfo = start };
        _shell.OutputDataReceived += (_, printed) => Printed(printed.Data);
        _shell.ErrorDataReceived += (_, printed) => _errors.Add(printed.Data);
    }

    /// <summary>The process itself, not the shell before it.</summary>
    public int Id { get; private set; }

    public string Output => _output.Text;

    public string Errors => _errors.Text;

    /// <summary>Both, for messages.</summary>
    public string Everything => $"{Output}\n{Errors}".Trim();

    /// <summary>Starts a program.</summary>
    /// <param name="directory">Its working directory.</param>
    /// <param name="environment">Changes to this process's environment; null removes.</param>
    /// <param name="command">The program and its arguments.</param>
    public static async Task<ChildProcess> StartAsync(string directory, IReadOnlyDictionary<string, string?> environment, params string[] command)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Guard, "sh", .. command])
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in environment)
        {
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        }

        var child = new ChildProcess(start);
        child._shell.Start();
        child._shell.BeginOutputReadLine();
        child._shell.BeginErrorReadLine();
        child.Id = await child._id.Task.WaitAsync(Patience);
        return child;
    }

    /// <summary>The first line of output that satisfies a condition; throws, with all that was printed, where the output ends or time runs out first.</summary>
    public async Task<string> WaitForLineAsync(Func<string, bool> condition, TimeSpan? patience = null)
    {
        try
        {
            return await _output.FindAsync(condition).WaitAsync(patience ?? Patience)
                ?? throw new InvalidOperationException($"The process ended without the line that was waited for:\n{Everything}");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The line did not come:\n{Everything}", e);
        }
    }

    /// <summary>Waits until the process ends by itself.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync(TimeSpan? patience = null)
    {
        using var deadline = new CancellationTokenSource(patience ?? Patience);
        try
        {
            await _shell.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"The process still runs after {patience ?? Patience}:\n{Everything}", e);
        }

        return _shell.ExitCode;
    }

    /// <summary>Sends SIGTERM.</summary>
    public void Terminate() => _shell.StandardInput.Close();

    public async ValueTask DisposeAsync()
    {
        if (_ended)
            return;
        _ended = true;
        try
        {
            Terminate();
            await WaitForExitAsync().WithinAsync(TimeSpan.FromSeconds(10));
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            _shell.Kill(entireProcessTree: true);
            await _shell.WaitForExitAsync();
            throw new TimeoutException($"The process did not end on SIGTERM:\n{Everything}", e);
        }
        finally
        {
            _shell.Dispose();
        }
    }

    private void Printed(string? line)
    {
        if (!_id.Task.IsCompleted && int.TryParse(line, CultureInfo.InvariantCulture, out var id))
            _id.TrySetResult(id);
        else
            _output.Add(line);
    }
}
