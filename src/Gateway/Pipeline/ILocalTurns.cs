using AiGateway.Responses;

namespace AiGateway.Pipeline;

/// <summary>What a connection remembers of its last response, and learns of the next.</summary>
internal interface ILocalTurns : ILocalResponses
{
    /// <summary>Remembers a response that ended well enough to be continued.</summary>
    /// <param name="response">The response; its context lives only until the call ends.</param>
    /// <param name="status">completed, incomplete or failed.</param>
    /// <param name="body">The final response object.</param>
    void Remember(ResponseCall response, string status, ReadOnlyMemory<byte> body);
}
