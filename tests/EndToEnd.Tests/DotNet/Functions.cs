using OpenAI.Chat;
using OpenAI.Responses;

namespace AiGateway.EndToEnd.Tests.DotNet;

/// <summary>The functions and the schema that the tests offer, in both APIs' types.</summary>
internal static class Functions
{
    private static readonly BinaryData City = BinaryData.FromString(
        """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""");

    private static readonly BinaryData Zone = BinaryData.FromString(
        """{"type":"object","properties":{"zone":{"type":"string"}},"required":["zone"],"additionalProperties":false}""");

    public static BinaryData Person { get; } = BinaryData.FromString(
        """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name","age"],"additionalProperties":false}""");

    public static ChatTool[] ForChat { get; } =
    [
        ChatTool.CreateFunctionTool("get_weather", "The weather in a city.", City),
        ChatTool.CreateFunctionTool("get_time", "The time in a zone.", Zone),
    ];

    public static ResponseTool[] ForResponses { get; } =
    [
        ResponseTool.CreateFunctionTool("get_weather", City, strictModeEnabled: true, "The weather in a city."),
        ResponseTool.CreateFunctionTool("get_time", Zone, strictModeEnabled: true, "The time in a zone."),
    ];

    /// <summary>What a call gives.</summary>
    public static string Run(string name, BinaryData arguments) => $"{name}({arguments})";
}
