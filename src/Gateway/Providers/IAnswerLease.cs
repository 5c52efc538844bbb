namespace AiGateway.Providers;

/// <summary>What is held while an answer is being read.</summary>
internal interface IAnswerLease
{
    /// <summary>The answer is read, or given up.</summary>
    void Release();
}
