using System.Text;

namespace AiGateway.Upstream;

/// <summary>
/// The bytes of the hot path, built once. The JSON completion is about 600 bytes. The stream has, as <c>data:</c> lines: one role chunk, 19 content deltas and one
/// finish chunk, which makes 21; where <c>include_usage</c> asks, one usage chunk, which makes 22; and then <c>[DONE]</c>.
/// </summary>
internal static class BenchPayloads
{
    public const int Deltas = 19;
    private const string Usage = """{"prompt_tokens":24,"completion_tokens":19,"total_tokens":43,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}""";
    private const string Head = "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion";
    private const string Common = "\",\"created\":1741476777,\"model\":\"bench\",\"system_fingerprint\":\"fp_bench\",";

    public static byte[] Completion { get; } = Encoding.UTF8.GetBytes(
        Head + Common + "\"choices\":[{\"index\":0,\"message\":"
        + """{"role":"assistant","content":"A gateway stands between callers and providers, and hands each word on as it comes.","refusal":null,"annotations":[]}"""
        + ",\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":"
        + Usage + "}");

    public static byte[] Stream { get; } = Whole(usage: false);

    public static byte[] StreamWithUsage { get; } = Whole(usage: true);

    public static byte[] RoleChunk(bool usage) => Chunk("""{"role":"assistant","content":"","refusal":null}""", "null", usage);

    public static byte[] Delta(string text, bool usage) => Chunk($$"""{"content":"{{text}}"}""", "null", usage);

    /// <summary>Finish chunk, usage chunk where asked, and <c>[DONE]</c>.</summary>
    public static byte[] Ending(bool usage) =>
    [
        .. Chunk("{}", "\"stop\"", usage),
        .. usage ? Encoding.UTF8.GetBytes($"data: {Head}.chunk{Common}\"choices\":[],\"usage\":{Usage}}}\n\n") : [],
        .. "data: [DONE]\n\n"u8,
    ];

    private static byte[] Whole(bool usage) =>
        [.. RoleChunk(usage), .. Enumerable.Range(0, Deltas).SelectMany(i => Delta($"word{i} ", usage)), .. Ending(usage)];

    private static byte[] Chunk(string delta, string finish, bool usage) => Encoding.UTF8.GetBytes(
        $"data: {Head}.chunk{Common}\"choices\":[{{\"index\":0,\"delta\":{delta},\"logprobs\":null,\"finish_reason\":{finish}}}]{(usage ? ",\"usage\":null" : "")}}}\n\n");
}
