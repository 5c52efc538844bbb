namespace AiGateway.EndToEnd.Tests.Scripted;

/// <summary>The same, with the events of raw reasoning named as they are by default: for OpenAI's own clients as OpenAI names them.</summary>
public sealed class OpenAiNamesGateway : ScriptedGateway
{
    protected override string ReasoningEvents => "auto";
}
