namespace AiGateway.Responses;

/// <summary>A connection's own memory of its last response, which can be continued there even where it is not stored (<c>spec/responses.md</c> §15).</summary>
internal interface ILocalResponses
{
    /// <summary>Adds what a response was sampled over, its input and its output to a context.</summary>
    /// <param name="request">The request that continues it.</param>
    /// <param name="context">The context.</param>
    /// <returns>False where the connection does not remember it.</returns>
    bool TryAdd(CreateResponse request, ResponseContext context);
}
