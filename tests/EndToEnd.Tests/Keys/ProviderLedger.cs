using System.Collections.Concurrent;
using AiGateway.Upstream;

namespace AiGateway.EndToEnd.Tests.Keys;

/// <summary>What two scripted providers count themselves, by the id that the gateway's call has: each request, and what each told of its use.</summary>
internal sealed class ProviderLedger
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Entry>> _calls = new(StringComparer.Ordinal);

    /// <summary>All requests, by call.</summary>
    public IReadOnlyDictionary<string, ConcurrentQueue<Entry>> Calls => _calls;

    /// <summary>What the call's text says is to become of it: <c>k:KIND:MARK</c>.</summary>
    public static string Text(string kind, string mark) => $"k:{kind}:{mark}:";

    /// <summary>Plays a provider. The first one fails what it is told to; the second takes it then.</summary>
    public async Task<ScriptedUpstream> PlayAsync(string name)
    {
        var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(Script.By(request =>
        {
            var parts = request.Text[request.Text.IndexOf("k:", StringComparison.Ordinal)..].Split(':');
            var (kind, mark) = (parts[1], parts[2]);
            var (input, output) = (10 + (request.Number % 7), 3 + (request.Number % 11));
            var reply = Chat.Reply(new ChatTurn { Text = "one two three four five", Usage = new ChatUsage { Prompt = input, Completion = output, Cached = 0 } });
            var (script, says) = kind switch
            {
                "fails" when name == "first" => (Errors.ServerError(), false),
                "begins badly" when name == "first" => (Script.Sse().SendError("rate_limit_error", null, "Slow."), false),
                "is cut" when name == "first" => (reply.Truncated(), false), // It worked for that, and nobody hears how much: see docs/keys-limits-usage.md.
                "breaks" => (reply.Take(3).Abort(), false),
                "leaves" => (reply.Take(3).Hang(), false),
                "slow" => (reply.DelayBeforeHeaders(TimeSpan.FromMilliseconds(300)), true),
                _ => (reply, true),
            };
            _calls.GetOrAdd(request.Header("X-Client-Request-Id")!, _ => new()).Enqueue(new Entry(name, mark, says ? input : null, says ? output : null));
            return script;
        }));
        return upstream;
    }

    /// <summary>One request, as the provider has it in its books.</summary>
    /// <param name="Provider">Whose books.</param>
    /// <param name="Mark">The call's mark.</param>
    /// <param name="Input">The input tokens that it told of; null where it did not come to that.</param>
    /// <param name="Output">The output tokens.</param>
    internal sealed record Entry(string Provider, string Mark, long? Input, long? Output);
}
