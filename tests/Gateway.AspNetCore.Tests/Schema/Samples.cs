using System.Text.Json.Nodes;

namespace AiGateway.AspNetCore.Tests.Schema;

/// <summary>Right objects to spoil.</summary>
internal static class Samples
{
    public const string Message = """{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hi","annotations":[]}]}""";

    public const string Reasoning = """{"type":"reasoning","id":"rs_1","summary":[]}""";

    public const string Call = """{"type":"function_call","id":"fc_1","call_id":"call_1","name":"f","arguments":"{}","status":"completed"}""";

    public const string TextDelta = """{"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_1","output_index":0,"content_index":0,"delta":"Hi"}""";

    public const string Response =
        """
        {"id":"resp_1","object":"response","created_at":1760000000,"completed_at":1760000001,"status":"completed","incomplete_details":null,"model":"m",
         "previous_response_id":null,"instructions":null,"output":[],"error":null,"tools":[],"tool_choice":"auto","truncation":"disabled",
         "parallel_tool_calls":true,"text":{"format":{"type":"text"}},"top_p":1,"presence_penalty":0,"frequency_penalty":0,"top_logprobs":0,"temperature":1,
         "reasoning":{"effort":null,"summary":null},
         "usage":{"input_tokens":1,"input_tokens_details":{"cached_tokens":0},"output_tokens":1,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":2},
         "max_output_tokens":null,"max_tool_calls":null,"store":true,"background":false,"service_tier":"default","metadata":{},
         "safety_identifier":null,"prompt_cache_key":null}
        """;

    /// <summary>A sample with one member set: <c>null</c> as JSON is null, C#'s null takes the member away.</summary>
    public static JsonObject With(string sample, string member, string? json)
    {
        var spoiled = JsonNode.Parse(sample)!.AsObject();
        spoiled.Remove(member);
        if (json is not null)
            spoiled[member] = JsonNode.Parse(json);
        return spoiled;
    }
}
