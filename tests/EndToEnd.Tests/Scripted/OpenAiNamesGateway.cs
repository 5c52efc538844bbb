namespace AiGateway.EndToEnd.Tests.Scripted;

/// <summary>The same, with the events of raw reasoning named as OpenAI names them.</summary>
public sealed class OpenAiNamesGateway : ScriptedGateway
{
    protected override string ReasoningEvents => "openai";
}
