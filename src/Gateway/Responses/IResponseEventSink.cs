namespace AiGateway.Responses;

/// <summary>Where a running response's events go, in order: a client's stream, or a log.</summary>
internal interface IResponseEventSink
{
    /// <summary>Whether an error is an event of its own, before the event that ends the response as failed.</summary>
    bool TellsErrors => true;

    /// <summary>Takes the next event.</summary>
    /// <param name="responseEvent">The event; its bytes are valid only until the returned task ends.</param>
    ValueTask AppendAsync(ResponseEvent responseEvent);
}
