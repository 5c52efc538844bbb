namespace AiGateway.Providers;

/// <summary>Waits to hear how an answer went on that began well: its provider's health depends on it. Only the first word counts; none says nothing, as where the client left.</summary>
internal interface IAnswerVerdict
{
    /// <summary>It came to its proper end.</summary>
    void Well();

    /// <summary>It did not.</summary>
    /// <param name="exception">Why: only what is the provider's fault counts against it.</param>
    ValueTask BrokeAsync(Exception exception);
}
