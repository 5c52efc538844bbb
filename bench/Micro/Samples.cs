using System.Text;

namespace AiGateway.Bench.Micro;

/// <summary>Bodies of the usual form and size.</summary>
internal static class Samples
{
    public static byte[] ChatRequest { get; } = Encoding.UTF8.GetBytes(
        """{"model":"gpt-4o","messages":[{"role":"system","content":"You are brief."},{"role":"user","content":"What is a gateway?"}],"temperature":0.2,"stream":true}""");

    public static byte[] ResponsesRequest { get; } = Encoding.UTF8.GetBytes(
        """{"model":"gpt-4o","input":[{"role":"user","content":"What is a gateway?"}],"instructions":"You are brief.","temperature":0.2,"stream":true,"store":false}""");

    public static byte[] Completion { get; } = Encoding.UTF8.GetBytes(
        """
        {"id":"chatcmpl-1","object":"chat.completion","created":1741476777,"model":"gpt-4o-2024-11-20","choices":[{"index":0,"message":{"role":"assistant","content":"It stands between callers and providers, and hands each word on as it comes.","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":24,"completion_tokens":19,"total_tokens":43,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}}}
        """);

    public static byte[] Chunk { get; } = Encoding.UTF8.GetBytes(
        """{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1741476777,"model":"gpt-4o-2024-11-20","service_tier":"default","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{"content":" gateway"},"logprobs":null,"finish_reason":null}],"usage":null}""");
}
