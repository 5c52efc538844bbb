using System.Text;
using AiGateway.Providers.Events;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Xunit.Abstractions;

namespace AiGateway.Tests.Providers;

/// <summary>However a stream of events is cut into reads, the events are the same. The seed is printed: put it in place of the random one to see a failure again.</summary>
public sealed class EventStreamSplitTests(ITestOutputHelper output)
{
    private const ulong Gamma = 0x9E37_79B9_7F4A_7C15;
    private static readonly string[] LineEnds = ["\n", "\r\n", "\r"];

    private static readonly Gen<string> Text = Gen.Elements("", "a", "{\"a\": 1}", " x", "ä€😀", "data: no", ":", "[DONE]", new string('y', 1500));

    private static readonly Gen<Piece> Pieces = Gen.OneOf(
        from data in Gen.ListOf(Text)
        from type in Gen.Elements(null, "", "error", "response.created")
        from space in Gen.Elements(true, false)
        select Piece.Event(data.Take(4), type, space),
        Text.Select(t => new Piece([": " + t], null)),
        Text.Select(t => new Piece([": " + t, ""], null)),
        Gen.Constant(new Piece([""], null)),
        Gen.Constant(new Piece(["id: 7", "retry: 10", "unknown: z"], null)));

    [Fact]
    public void Any_split_gives_the_same_events()
    {
        var cases = from end in Gen.Elements(LineEnds)
                    from bom in Gen.Elements(true, false)
                    from pieces in Gen.ListOf(Pieces)
                    from cut in Gen.Choose(0, 4)
                    from sizes in Gen.NonEmptyListOf(Gen.Frequency((3, Gen.Choose(1, 3)), (1, Gen.Choose(1, 2000))))
                    select new Case(end, bom, [.. pieces], cut, [.. sizes]);

        var seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(400).WithReplay(seed, Gamma),
            Prop.ForAll(Arb.From(cases), (Func<Case, bool>)Holds));
    }

    private static bool Holds(Case example)
    {
        var body = new SplitStream(example.Bytes, example.Sizes);
        var events = ReadAsync(body).GetAwaiter().GetResult();
        Assert.Equal(example.Events, events);
        return true;
    }

    private static async Task<List<string>> ReadAsync(Stream body)
    {
        await using var reader = new EventStreamReader(body);
        var events = new List<string>();
        while (await reader.ReadAsync())
            events.Add($"{reader.EventType}|{Encoding.UTF8.GetString(reader.Data.Span)}");
        return events;
    }

    /// <summary>Some lines, and the event that they make.</summary>
    private sealed record Piece(string[] Lines, string? Made)
    {
        public static Piece Event(IEnumerable<string> data, string? type, bool space)
        {
            var texts = data.DefaultIfEmpty("only").ToArray();
            var lines = texts.Select(t => (space ? "data: " : "data:") + t);
            if (type is not null)
                lines = lines.Prepend("event: " + type);
            // Without the space, a first space of the text is taken for it.
            var read = texts.Select(t => !space && t.StartsWith(' ') ? t[1..] : t);
            return new Piece([.. lines, ""], $"{(string.IsNullOrEmpty(type) ? "message" : type)}|{string.Join('\n', read)}");
        }
    }

    private sealed record Case(string End, bool Bom, Piece[] Pieces, int Cut, int[] Sizes)
    {
        public byte[] Bytes
        {
            get
            {
                var text = (Bom ? "\uFEFF" : "") + string.Concat(Pieces.SelectMany(p => p.Lines).Select(l => l + End));
                // Some streams end without their last line ends.
                for (var i = 0; i < Cut && Pieces.LastOrDefault()?.Made is not null && text.EndsWith(End, StringComparison.Ordinal); i++)
                    text = text[..^End.Length];
                return Encoding.UTF8.GetBytes(text);
            }
        }

        public List<string> Events => [.. Pieces.Select(p => p.Made).OfType<string>()];

        public override string ToString() => $"{Encoding.UTF8.GetString(Bytes)} cut into {string.Join(',', Sizes)}".Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
    }
}
