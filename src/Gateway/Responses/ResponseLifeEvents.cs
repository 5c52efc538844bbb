using AiGateway.Protocol;

namespace AiGateway.Responses;

/// <summary>Writes the events that carry a whole snapshot, and the error event.</summary>
internal static class ResponseLifeEvents
{
    /// <summary>Writes an event with the response as it stands.</summary>
    /// <param name="events">Where.</param>
    /// <param name="type">The event's type.</param>
    /// <param name="snapshot">The response object, rendered.</param>
    public static ValueTask<bool> WriteAsync(ResponseEventWriter events, string type, ReadOnlySpan<byte> snapshot)
    {
        var json = events.Begin(type);
        json.WritePropertyName("response"u8);
        json.WriteRawValue(snapshot, skipInputValidation: true);
        return events.EndAsync();
    }

    /// <summary>
    /// Writes the error event with both worlds' members: nested as Open Responses has it, flat as OpenAI has it
    /// (<c>spec/responses.md</c> §16). Does nothing where the end as failed says it all.
    /// </summary>
    public static ValueTask<bool> WriteErrorAsync(ResponseEventWriter events, GatewayError error)
    {
        if (!events.TellsErrors)
            return new(false);
        var json = events.Begin("error");
        json.WriteString("code"u8, error.Code);
        json.WriteString("message"u8, error.Message);
        json.WriteString("param"u8, error.Param);
        json.WritePropertyName("error"u8);
        error.WriteObject(json);
        return events.EndAsync();
    }
}
