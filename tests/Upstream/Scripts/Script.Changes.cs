using System.Collections.Immutable;
using System.Text;

namespace AiGateway.Upstream;

/// <summary>Changes to a script that is whole already: cut it, damage it, pace it.</summary>
public sealed partial class Script
{
    /// <summary>
    /// The body leaves in pieces of so many bytes, each its own chunk and flush; a piece may span frames. A receiver may still read several at once.
    /// </summary>
    public Script SplitEvery(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        return With(r => r with { NextCut = sent => ((sent / bytes) + 1) * bytes });
    }

    /// <summary>The body is cut at these offsets from its start.</summary>
    public Script SplitAt(params long[] offsets) => With(r => r with
    {
        NextCut = sent => offsets.Where(o => o > sent).DefaultIfEmpty(long.MaxValue).Min(),
    });

    /// <summary>Keeps the first events of a stream, and drops all that follows: add <see cref="Abort"/>, <see cref="Hang"/> or nothing.</summary>
    public Script Take(int events) => With(r => r with { Steps = Split(r.Steps, events).Before });

    /// <summary>Waits behind so many events, then goes on.</summary>
    public Script WaitAfter(int events, Task gate) => With(r =>
    {
        var (before, after) = Split(r.Steps, events);
        return r with { Steps = [.. before, new WaitStep(gate), .. after] };
    });

    /// <summary>This much time before each event.</summary>
    public Script Pace(TimeSpan time) => With(r => r with
    {
        Steps = [.. r.Steps.SelectMany(step => step is SendStep { IsEvent: true } ? [new DelayStep(time), step] : new[] { step })],
    });

    /// <summary>A comment line before each event.</summary>
    public Script WithComments(string text = "keep-alive") => With(r => r.MapSends(s =>
        s.IsEvent ? s with { Bytes = [.. Encoding.UTF8.GetBytes($": {text}\n\n"), .. s.Bytes] } : s));

    /// <summary>The stream ends without <c>[DONE]</c>.</summary>
    public Script WithoutDone() => With(r => r with { Steps = r.Steps.RemoveAll(step => step is SendStep { IsDone: true }) });

    /// <summary>Line ends as some servers send them: <c>\r\n</c>, or <c>\r</c> alone.</summary>
    public Script LineEnds(string end) => With(r => r.MapSends(s =>
        s with { Bytes = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(s.Bytes).Replace("\n", end)) }));

    public Script Crlf() => LineEnds("\r\n");

    /// <summary><c>data:{…}</c> without the blank that most servers put there.</summary>
    public Script WithoutSpaceAfterColon() => With(r => r.MapSends(s =>
        s.IsEvent ? s with { Bytes = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(s.Bytes).Replace("data: ", "data:").Replace("event: ", "event:")) } : s));

    /// <summary>The last frame lacks the blank line that would end it; call it last.</summary>
    public Script WithoutFinalBlankLine() => With(r =>
    {
        var last = LastSend(r.Steps);
        if (last < 0) return r;
        var trimmed = Encoding.UTF8.GetString(((SendStep)r.Steps[last]).Bytes).TrimEnd('\r', '\n');
        return r with { Steps = r.Steps.SetItem(last, new SendStep(Encoding.UTF8.GetBytes(trimmed), IsEvent: true)) };
    });

    private static (ImmutableArray<Step> Before, ImmutableArray<Step> After) Split(ImmutableArray<Step> steps, int events)
    {
        var seen = 0;
        var at = 0;
        while (at < steps.Length && seen < events)
        {
            if (steps[at++] is SendStep { IsEvent: true }) seen++;
        }

        return (steps[..at], steps[at..]);
    }

    private static int LastSend(ImmutableArray<Step> steps)
    {
        var at = steps.Length - 1;
        while (at >= 0 && steps[at] is not SendStep) at--;
        return at;
    }
}
