namespace AiGateway.Responses.Output;

/// <summary>What a content part holds.</summary>
internal enum ContentPartKind
{
    /// <summary><c>output_text</c>.</summary>
    Text,

    /// <summary><c>refusal</c>.</summary>
    Refusal,

    /// <summary><c>reasoning_text</c>.</summary>
    Reasoning,
}
