namespace AiGateway.Responses.Parsing;

/// <summary>A message item, with or without its <c>type</c> (<c>spec/responses.md</c> §4).</summary>
internal static class MessageParser
{
    private static readonly string[] Roles = ["user", "assistant", "system", "developer"];
    private static readonly string[] Phases = ["commentary", "final_answer"];

    public static void Check(FieldReader item)
    {
        var role = item.OneOf("role", Roles) ?? throw item.Missing("role");
        ContentParser.Check(item, "content", role switch
        {
            "assistant" => ContentParser.AssistantParts,
            "user" => ContentParser.UserParts,
            _ => ContentParser.SystemParts,
        });
        item.CheckText("status");
        if (role == "assistant")
            _ = item.OneOf("phase", Phases);
    }
}
