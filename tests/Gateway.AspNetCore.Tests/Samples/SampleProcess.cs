using System.Diagnostics;
using System.Threading.Channels;

namespace AiGateway.AspNetCore.Tests.Samples;

/// <summary>A sample as its reader starts it: a process of its own, on a free port, with the demo provider.</summary>
public sealed class SampleProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    private SampleProcess(Process process)
    {
        _process = process;
        DataReceivedEventHandler keep = (_, line) =>
        {
            if (line.Data is not null)
                _lines.Writer.TryWrite(line.Data);
        };
        process.OutputDataReceived += keep;
        process.ErrorDataReceived += keep;
        process.Exited += (_, _) => _lines.Writer.TryComplete();
    }

    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    public static async Task<SampleProcess> StartAsync(string sample)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        start.ArgumentList.Add(PathOf(sample));
        start.ArgumentList.Add("--urls");
        start.ArgumentList.Add("http://127.0.0.1:0");
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList())
            start.Environment.Remove(name);
        var started = new SampleProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        started._process.Start();
        started._process.BeginOutputReadLine();
        started._process.BeginErrorReadLine();
        var line = await started.LineAsync(Listening);
        started.Client.BaseAddress = new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..]);
        return started;
    }

    /// <summary>The next line that the sample writes with a text in it.</summary>
    public async Task<string> LineAsync(string text)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var seen = new List<string>();
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(patience.Token))
            {
                seen.Add(line);
                if (line.Contains(text, StringComparison.Ordinal))
                    return line;
            }
        }
        catch (OperationCanceledException)
        {
            // Told below, with what was written instead.
        }

        throw new InvalidOperationException($"The sample did not write '{text}' but:\n{string.Join('\n', seen)}");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    // The developer's own keys and settings are not the sample's.
    private static bool IsSetting(string name) =>
        name is "OPENAI_API_KEY" or "OPENAI_BASE_URL" or "LLM_MODEL"
        || name.StartsWith("Gateway__", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Sample__", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("DOTNET_ENVIRONMENT", StringComparison.OrdinalIgnoreCase);

    private static string PathOf(string sample)
    {
        // …/tests/Gateway.AspNetCore.Tests/bin/Debug/net10.0/
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration) = (output.Name, output.Parent!.Name);
        var root = output.Parent.Parent!.Parent!.Parent!.Parent!.FullName;
        return Path.Combine(root, "samples", sample, "bin", configuration, framework, $"AiGateway.Samples.{sample}.dll");
    }
}
