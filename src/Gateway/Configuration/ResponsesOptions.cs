namespace AiGateway.Configuration;

/// <summary>How responses run, as configured under <c>Gateway:Responses</c>.</summary>
public sealed record ResponsesOptions
{
    /// <summary>The value of <see cref="OnClientGone"/> that ends a response with its client.</summary>
    public const string Cancel = "cancel";

    /// <summary>The value of <see cref="OnClientGone"/> that lets a response go on.</summary>
    public const string Continue = "continue";

    /// <summary>How many background responses run at a time; the others wait in order. Default 256.</summary>
    public int MaxRunning { get; init; } = 256;

    /// <summary>How many background responses may wait; a further one is answered 503. Default 10,000.</summary>
    public int MaxWaiting { get; init; } = 10_000;

    /// <summary>
    /// What becomes of a stored response, not in the background, when its client leaves: <see cref="Cancel"/> (default) lets go of the provider;
    /// <see cref="Continue"/> lets it go on to its end, to be retrieved later. One that is not stored always ends with its client.
    /// </summary>
    public string OnClientGone { get; init; } = Cancel;

    /// <summary>How long background responses may go on when the process is told to stop; then they are closed as failed. Default 10 seconds.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a WebSocket may be open; then no further turn begins on it, and it is closed. Default 60 minutes.</summary>
    public TimeSpan WebSocketLifetime { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>
    /// How many turns may wait on one WebSocket while another is in flight, with messages that together are no larger than one may be
    /// (<see cref="GatewayOptions.MaxRequestBodyBytes"/>); a further one is refused. Default 32.
    /// </summary>
    public int WebSocketMaxWaiting { get; init; } = 32;

    /// <summary>Whether <see cref="OnClientGone"/> lets a response go on.</summary>
    internal bool GoesOnWithoutClient => OnClientGone.Equals(Continue, StringComparison.OrdinalIgnoreCase);
}
