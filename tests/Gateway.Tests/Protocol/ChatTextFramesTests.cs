using System.Buffers;
using System.Text;
using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Providers.Events;
using AiGateway.Tests.Providers;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Xunit.Abstractions;

namespace AiGateway.Tests.Protocol;

/// <summary>Chunks that are rewritten by copying bytes become what they become by being looked at. The seed is printed: put it in place of the random one to see a failure again.</summary>
public sealed class ChatTextFramesTests(ITestOutputHelper output)
{
    private const ulong Gamma = 0x9E37_79B9_7F4A_7C15;
    private static readonly string[] Ends = ["}", ",\"usage\":null}", ",\"obfuscation\":\"x1\"}", ",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}}"];

    private static readonly Gen<string> Words = Gen.Elements("", "a", " token", "ä€😀", "\"", "\\", "\n", "\"content\":\"", "\"}", "{\"usage\":null}", new string('y', 3000));

    private static readonly Gen<string> Texts =
        from text in Words
        from index in Gen.Frequency((5, Gen.Constant(0)), (1, Gen.Constant(1)))
        from finish in Gen.Frequency((40, Gen.Constant("null")), (1, Gen.Constant("\"stop\"")))
        select $"[{{\"index\":{index},\"delta\":{{\"content\":{JsonSerializer.Serialize(text)}}},\"finish_reason\":{finish}}}]";

    private static readonly Gen<string> Choices = Gen.Frequency(
        (20, Texts),
        (1, Gen.Constant("[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"content\\\":\\\"\"}}]},\"finish_reason\":null}]")),
        (1, Gen.Constant("[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"},{\"index\":0,\"delta\":{\"content\":\"b\"},\"finish_reason\":null}]")),
        (1, Gen.Constant("[]")));

    private static readonly Gen<string> Chunks =
        from choices in Choices
        from end in Gen.Frequency((30, Gen.Constant(0)), (2, Gen.Constant(1)), (1, Gen.Constant(2)), (1, Gen.Constant(3)))
        from model in Gen.Frequency((40, Gen.Constant("real")), (1, Gen.Constant("other")))
        select $"{{\"id\":\"c1\",\"model\":\"{model}\",\"choices\":{choices}{Ends[end]}";

    [Fact]
    public void Chunks_that_are_copied_become_what_they_become_by_being_looked_at()
    {
        var cases = from chunks in Gen.ArrayOf(Chunks, 12)
                    from lineEnd in Gen.Frequency((4, Gen.Constant("\n")), (1, Gen.Constant("\r\n")))
                    from comment in Gen.Frequency((4, Gen.Constant("")), (1, Gen.Constant(": hi\n\n")), (1, Gen.Constant("event: chunk\n")))
                    from sizes in Gen.NonEmptyListOf(Gen.Frequency((1, Gen.Choose(1, 50)), (2, Gen.Choose(100, 5000))))
                    from hides in Gen.Elements(true, false)
                    select (Stream: string.Concat(chunks.Select(c => $"{comment}data: {c}\n\n")).ReplaceLineEndings(lineEnd), Sizes: sizes.ToArray(), Hides: hides);

        var seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var copied = 0;
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1000).WithReplay(seed, Gamma),
            Prop.ForAll(Arb.From(cases), example =>
            {
                var bytes = Encoding.UTF8.GetBytes(example.Stream);
                var looked = RewriteAsync(bytes, example.Sizes, example.Hides, copies: false).GetAwaiter().GetResult();
                var mixed = RewriteAsync(bytes, example.Sizes, example.Hides, copies: true).GetAwaiter().GetResult();
                Assert.Equal(looked.Frames, mixed.Frames);
                Assert.Equal(looked.Usage, mixed.Usage);
                Assert.Equal(looked.SawFinish, mixed.SawFinish);
                copied += mixed.Copied;
            }));
        Assert.True(copied > 100, $"Only {copied} chunks were copied: the test compares nothing.");
    }

    private static async Task<(string Frames, TokenUsage? Usage, bool SawFinish, int Copied)> RewriteAsync(byte[] bytes, int[] sizes, bool hides, bool copies)
    {
        await using var reader = new EventStreamReader(new SplitStream(bytes, sizes));
        var rewriter = new ChatChunkRewriter("asked", hides);
        var (frames, chunk, copied) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>(), 0);
        while (await reader.ReadAsync())
        {
            chunk.ResetWrittenCount();
            if (rewriter.Rewrite(reader.Data.Span, chunk) == ChunkFate.Kept)
                EventFrame.Write(frames, chunk.WrittenSpan);
            while (copies && rewriter.Texts is { } texts && texts.TryRead(reader.Ahead, out var text, out var length))
            {
                texts.Write(text, frames);
                reader.Skip(length);
                copied++;
            }
        }

        return (Encoding.UTF8.GetString(frames.WrittenSpan), rewriter.Usage, rewriter.SawFinish, copied);
    }
}
