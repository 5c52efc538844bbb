using System.Buffers;
using AiGateway.Protocol;
using AiGateway.Translation.ChatToResponse;
using BenchmarkDotNet.Attributes;

namespace AiGateway.Bench.Micro;

/// <summary>What one chunk of a stream costs, parsed and by the shortcut that most chunks take.</summary>
[MemoryDiagnoser]
public class ChunkBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private readonly ChatChunkRewriter _rewriter = new("gpt-4o", hideUsage: true);
    private readonly ChatDelta _delta = new();
    private readonly ChatDeltaShortcut _shortcut = new();

    [GlobalSetup]
    public void Learn()
    {
        ChatDeltaReader.TryRead(Samples.Chunk, _delta);
        _shortcut.Learn(Samples.Chunk, _delta);
    }

    [Benchmark]
    public int Relay()
    {
        _output.ResetWrittenCount();
        _rewriter.Rewrite(Samples.Chunk, _output);
        return _output.WrittenCount;
    }

    [Benchmark(Baseline = true)]
    public bool Parse() => ChatDeltaReader.TryRead(Samples.Chunk, _delta);

    [Benchmark]
    public bool Shortcut() => _shortcut.TryRead(Samples.Chunk, _delta);
}
