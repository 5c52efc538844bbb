using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace AiGateway.Cluster.Tests;

/// <summary>
/// Listens to all that Redis does, in the order in which it does it, and tells whose writes to a response's log were let in that should not have been: those of an epoch
/// that is over, and those of two writers by turns in one epoch.
/// </summary>
/// <remarks>What Redis does between its restart and the watch's next connection is not heard: the watch then knows a lower epoch than there is, and tells less, never what is not so.</remarks>
internal sealed partial class WriterWatch : IAsyncDisposable
{
    private const string Responses = "{aigateway}:resp:";
    private const string Events = "{aigateway}:events:";

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, Life> _lives = new(StringComparer.Ordinal);
    private readonly List<string> _broken = [];
    private Script? _script;
    private Task _listening = Task.CompletedTask;

    private WriterWatch()
    {
    }

    /// <summary>How many writes of events and states were let in.</summary>
    public int Writes { get; private set; }

    /// <summary>How many times a response got a new owner.</summary>
    public int TakeOvers { get; private set; }

    /// <summary>Begins to listen to a server of this machine, and does again when it is started again.</summary>
    public static async Task<WriterWatch> StartAsync(int port)
    {
        var watch = new WriterWatch();
        watch._listening = Task.Run(() => watch.ListenAsync(port));
        await watch._listens.Task.WaitAsync(ClusterScene.Patience);
        return watch;
    }

    /// <summary>What is wrong with who wrote.</summary>
    public IReadOnlyList<string> Broken()
    {
        lock (_gate)
            return Writes > 0 ? [.. _broken] : [.. _broken, "No write to a response was heard, which proves nothing."];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _listening;
        _stop.Dispose();
    }

    private async Task ListenAsync(int port)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, _stop.Token);
                using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
                await client.GetStream().WriteAsync("MONITOR\r\n"u8.ToArray(), _stop.Token);
                while (await reader.ReadLineAsync(_stop.Token) is { } line)
                    Hear(line);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // It was killed, and comes back.
                await Task.Delay(5, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Hear(string line)
    {
        if (line == "+OK")
        {
            _listens.TrySetResult();
            return;
        }

        // time [database where] "command" "argument" …
        var from = line.IndexOf('[', StringComparison.Ordinal);
        var to = line.IndexOf(']', StringComparison.Ordinal);
        if (from < 0 || to < from)
            return;
        var where = line[(from + 1)..to].Split(' ')[^1];
        string[] words = [.. Word().Matches(line, to).Select(word => word.Groups["text"].Value)];
        lock (_gate)
        {
            if (where != "lua")
                _script = Script.Of(where, words);
            else if (_script is { } script)
                Did(script, words);
        }
    }

    // What a script does comes behind it, before anything else.
    private void Did(Script script, string[] words)
    {
        if (words is ["HINCRBY", var taken, "epoch", ..] && IdOf(taken, Responses) is { } takenId)
        {
            var life = LifeOf(takenId);
            life.Epoch++;
            life.Writers.Clear();
            TakeOvers++;
        }
        else if (words is ["XADD", var events, ..] && IdOf(events, Events) is { } toldId)
        {
            Wrote(toldId, script);
        }
        else if (words is ["HSET", var response, "status", ..] && IdOf(response, Responses) is { } changedId)
        {
            Wrote(changedId, script);
        }
    }

    private void Wrote(string id, Script script)
    {
        // Who creates is not who writes then.
        if (script.Epoch is not { } epoch)
            return;
        Writes++;
        var life = LifeOf(id);
        if (epoch < life.Epoch)
            _broken.Add($"{id} was written to by {script.Caller} of epoch {epoch} in epoch {life.Epoch}.");
        if (epoch > life.Epoch)
        {
            life.Epoch = epoch;
            life.Writers.Clear();
        }

        if (life.Writers.Count > 0 && life.Writers[^1] == script.Caller)
            return;

        // A writer that was cut off from Redis comes from another port, and not from the old one again.
        if (life.Writers.Contains(script.Caller, StringComparer.Ordinal))
            _broken.Add($"{id} was written to by {string.Join(" and ", life.Writers)} by turns, in epoch {epoch}.");
        life.Writers.Add(script.Caller);
    }

    private Life LifeOf(string id)
    {
        if (!_lives.TryGetValue(id, out var life))
            _lives[id] = life = new Life();
        return life;
    }

    private static string? IdOf(string key, string prefix) => key.StartsWith(prefix, StringComparison.Ordinal) ? key[prefix.Length..] : null;

    // Of what MONITOR prints: what is between two quotes that are no part of the text.
    [GeneratedRegex("\"(?<text>(\\\\.|[^\"\\\\])*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Word();

    private sealed class Life
    {
        public long Epoch { get; set; }

        public List<string> Writers { get; } = [];
    }

    /// <summary>A script that somebody has Redis run.</summary>
    /// <param name="Caller">The connection.</param>
    /// <param name="Epoch">The epoch in which it says that it owns the response; null where it says none.</param>
    private sealed record Script(string Caller, long? Epoch)
    {
        // As src/Grains/Redis/ResponseScripts has keys and values of Begin, Append and End.
        private const int Begin = 1;
        private const int Append = 2;
        private const int End = 11;

        public static Script? Of(string caller, string[] words)
        {
            if (words is not [var command, _, var count, var first, ..] || !command.StartsWith("eval", StringComparison.OrdinalIgnoreCase) || IdOf(first, Responses) is null)
                return null;
            var keys = int.Parse(count, CultureInfo.InvariantCulture);
            var epoch = keys switch
            {
                Begin or Append => words.ElementAtOrDefault(3 + keys),
                >= End => words.ElementAtOrDefault(4 + keys),
                _ => null,
            };
            return new Script(caller, long.TryParse(epoch, CultureInfo.InvariantCulture, out var number) ? number : null);
        }
    }
}
