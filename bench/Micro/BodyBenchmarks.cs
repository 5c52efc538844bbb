using System.Buffers;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Responses.Parsing;
using AiGateway.Translation;
using AiGateway.Translation.ChatToResponse;
using BenchmarkDotNet.Attributes;

namespace AiGateway.Bench.Micro;

/// <summary>What one body costs: reading a request's envelope, splicing the model's name, reading an answer's usage, and translating.</summary>
[MemoryDiagnoser]
public class BodyBenchmarks
{
    private static readonly ProviderOptions Provider = new() { Name = "p" };
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private readonly ChatDelta _delta = new();

    [Benchmark]
    public int ChatRequest() => RequestSplice.ForProvider(new ChatRequest(Samples.ChatRequest), "gpt-4o-2024-11-20", askUsage: true).Length;

    [Benchmark]
    public bool ChatAnswer() => BodyScan.TryScan(Samples.Completion, out _);

    [Benchmark]
    public int ResponsesRequest()
    {
        _output.ResetWrittenCount();
        using var request = CreateResponseParser.Parse(Samples.ResponsesRequest);
        ResponsesToChat.Write(_output, request, request.Input, "gpt-4o-2024-11-20", stream: true, Provider);
        return _output.WrittenCount;
    }

    [Benchmark]
    public bool ReadCompletion() => ChatDeltaReader.TryRead(Samples.Completion, _delta);
}
