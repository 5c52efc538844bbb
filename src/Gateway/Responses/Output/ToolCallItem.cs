using System.Text;
using System.Text.Json;

namespace AiGateway.Responses.Output;

/// <summary>A call to one of the client's tools: a function with JSON arguments, or a custom tool with free text.</summary>
/// <param name="id">Its id.</param>
/// <param name="index">Its place in the output.</param>
/// <param name="callId">What ties the tool's output to it: the provider's own id, since the next turn brings it back.</param>
/// <param name="name">The tool's name.</param>
/// <param name="isCustom">Whether it is a custom tool.</param>
internal sealed class ToolCallItem(string id, int index, string callId, string name, bool isCustom) : OutputItem(id, index)
{
    public string CallId { get; } = callId;

    public string Name { get; } = name;

    public bool IsCustom { get; } = isCustom;

    /// <summary>The arguments, or a custom tool's input.</summary>
    public StringBuilder Arguments { get; } = new();

    public override string Type => IsCustom ? "custom_tool_call" : "function_call";

    protected override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("call_id"u8, CallId);
        json.WriteString("name"u8, Name);
        json.WriteString(IsCustom ? "input"u8 : "arguments"u8, Arguments.ToString());
    }
}
