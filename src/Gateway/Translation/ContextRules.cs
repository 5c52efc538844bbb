using AiGateway.Protocol;
using AiGateway.Responses;

namespace AiGateway.Translation;

/// <summary>What must hold between the items of a whole context, whoever serves it (<c>spec/responses.md</c> §4, validation rules).</summary>
public static class ContextRules
{
    /// <summary>
    /// Checks that every output answers a call before it, and that every call is answered before the conversation goes on.
    /// A call is left open only at the end, where nothing but the same turn of the model follows it.
    /// </summary>
    /// <param name="context">The whole input in order: the chain, then this turn.</param>
    /// <exception cref="GatewayException">400, param <c>input</c>, in OpenAI's words.</exception>
    public static void Check(IReadOnlyList<InputItem> context)
    {
        Dictionary<string, int>? open = null;
        HashSet<string>? known = null;
        var lastOther = -1;
        for (var i = 0; i < context.Count; i++)
        {
            var item = context[i];
            switch (item.Type)
            {
                case "function_call" or "custom_tool_call":
                    var made = CallId(item);
                    (known ??= new(StringComparer.Ordinal)).Add(made);
                    (open ??= new(StringComparer.Ordinal))[made] = i;
                    break;
                case "function_call_output" or "custom_tool_call_output":
                    var answered = CallId(item);
                    if (known is null || !known.Contains(answered))
                        throw NoCall(item.Type, answered);
                    open!.Remove(answered);
                    lastOther = i;
                    break;
                case "message" when !ChatItems.IsAssistant(item):
                    lastOther = i;
                    break;
            }
        }

        if (open is null)
            return;
        foreach (var (callId, index) in open)
        {
            if (index < lastOther)
                throw new GatewayException(GatewayErrors.Invalid($"No tool output found for function call {callId}.", "input"));
        }
    }

    private static string CallId(InputItem item) => item.Json.GetProperty("call_id"u8).GetString()!;

    private static GatewayException NoCall(string type, string callId) => new(GatewayErrors.Invalid(
        $"No tool call found for {(type == "function_call_output" ? "function call output" : "custom tool call output")} with call_id {callId}.", "input"));
}
