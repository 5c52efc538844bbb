using System.Buffers;
using System.Text.Json;

namespace AiGateway.Protocol;

/// <summary>
/// Rewrites the chunks of one chat stream, in bytes: the model's name becomes the one that the client asked for, the id one of ours where the
/// completion is kept, usage is read, and hidden from a client that did not ask for it. One object per stream.
/// </summary>
/// <remarks>
/// Providers begin every chunk of a stream alike, up to and with the model's name. What was found by parsing the first chunk
/// therefore holds for every chunk that begins with the same bytes, which a comparison of bytes tells: most chunks are never parsed.
/// </remarks>
internal sealed class ChatChunkRewriter(string askedModel, bool hideUsage, string? id = null)
{
    // Where chunks of text are not alike, nothing more is to be learned.
    private const int MostLessons = 4;

    private static ReadOnlySpan<byte> Finish => "\"finish_reason\":\""u8;

    private readonly byte[] _asked = JsonSerializer.SerializeToUtf8Bytes(askedModel, JsonFormat.SerializerOptions);
    private readonly byte[] _id = id is null ? [] : JsonSerializer.SerializeToUtf8Bytes(id, JsonFormat.SerializerOptions);
    private byte[] _prefix = [];
    private byte[] _prefixRewritten = [];
    private int _lessons;
    private ChunkText _text;

    /// <summary>What the stream used; null until a chunk has told.</summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>What the stream used, in the provider's own words: a JSON object. Only read where the chunks get an id of ours; else empty.</summary>
    public ReadOnlyMemory<byte> UsageJson { get; private set; }

    /// <summary>About how many bytes of generated text the chunks had.</summary>
    public long TextBytes => _text.Bytes;

    /// <summary>Whether a chunk gave a reason for its end: then the answer is whole even where <c>[DONE]</c> is missing.</summary>
    public bool SawFinish { get; private set; }

    /// <summary>The stream's frames that say nothing but text; null until one was seen. They need not be shown to <see cref="Rewrite"/>.</summary>
    public ChatTextFrames? Texts { get; private set; }

    /// <summary>Text went on that was not shown to <see cref="Rewrite"/>.</summary>
    /// <param name="bytes">Its length.</param>
    public void NoteText(long bytes) => _text.AddText(bytes);

    /// <summary>Rewrites one chunk.</summary>
    /// <param name="chunk">The chunk's JSON.</param>
    /// <param name="output">Where the rewritten JSON goes; empty.</param>
    /// <returns>What became of it.</returns>
    public ChunkFate Rewrite(ReadOnlySpan<byte> chunk, ArrayBufferWriter<byte> output)
    {
        if (TryRewriteAlike(chunk, output))
            return ChunkFate.Kept;
        if (!SawFinish && chunk.IndexOf(Finish) >= 0)
            SawFinish = true;
        return RewriteParsed(chunk, output);
    }

    // Without parsing, where a chunk begins like the one that was learned from.
    private bool TryRewriteAlike(ReadOnlySpan<byte> chunk, ArrayBufferWriter<byte> output)
    {
        if (_prefix.Length == 0 || !chunk.StartsWith(_prefix))
            return false;

        // What the chunks begin with alike was looked at once.
        var rest = chunk[_prefix.Length..];
        if (!rest.EndsWith("}"u8))
            return false;

        // "usage":null as the last member can only be the chunk's own.
        var tail = ",\"usage\":null}"u8;
        var hasUsage = rest.IndexOf("\"usage\""u8) >= 0;
        if (hasUsage && !rest.EndsWith(tail))
            return false;
        _text.Add(rest);
        output.Write(_prefixRewritten);
        output.Write(hasUsage && hideUsage ? rest[..^tail.Length] : rest);
        output.Write(hasUsage && hideUsage ? "}"u8 : default);
        if (rest.IndexOf(Finish) >= 0)
            SawFinish = true;
        else if (Texts?.IsLike(chunk) != true && _lessons++ < MostLessons)
            Texts = ChatTextFrames.Learn(chunk, output.WrittenSpan) ?? Texts;
        return true;
    }

    private ChunkFate RewriteParsed(ReadOnlySpan<byte> chunk, ArrayBufferWriter<byte> output)
    {
        if (!BodyScan.TryScan(chunk, out var scan))
            return ChunkFate.Garbage;
        if (scan.IsError)
            return ChunkFate.Error;
        if (scan.Usage is { } usage)
        {
            Usage = usage;
            if (_id.Length > 0)
                UsageJson = chunk[scan.UsageValue].ToArray();
            if (hideUsage && scan.HasEmptyChoices)
                return ChunkFate.Hidden;
        }

        _text.AddOther(chunk);
        Learn(chunk, scan, output);
        BodySplice.Write(chunk, scan, _asked, hideUsage, output, _id);
        return ChunkFate.Kept;
    }

    // Only where nothing that may have to go stands in front of the model's name, nor of an id that has to be replaced.
    private void Learn(ReadOnlySpan<byte> chunk, in BodyScan scan, ArrayBufferWriter<byte> scratch)
    {
        var end = scan.Model.End.Value;
        if (_id.Length > 0)
            end = end == 0 || scan.Id.End.Value == 0 ? 0 : Math.Max(end, scan.Id.End.Value);
        if (end == 0 || (scan.UsageMember.End.Value != 0 && scan.UsageMember.Start.Value < end))
            return;
        _prefix = chunk[..end].ToArray();
        BodySplice.Write(_prefix, scan, _asked, hideUsage: false, scratch, _id);
        _prefixRewritten = scratch.WrittenSpan.ToArray();
        scratch.ResetWrittenCount();
    }
}
