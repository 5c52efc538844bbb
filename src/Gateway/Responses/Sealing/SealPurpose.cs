namespace AiGateway.Responses.Sealing;

/// <summary>What a sealed text is for. One that was sealed for something else does not open.</summary>
internal enum SealPurpose : byte
{
    /// <summary>A compaction item's <c>encrypted_content</c>.</summary>
    Compaction = 1,

    /// <summary>A reasoning item's <c>encrypted_content</c>.</summary>
    Reasoning = 2,
}
