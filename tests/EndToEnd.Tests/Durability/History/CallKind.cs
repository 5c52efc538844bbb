namespace AiGateway.EndToEnd.Tests.Durability.History;

/// <summary>How a response is asked for.</summary>
internal enum CallKind
{
    /// <summary>In the background, with events.</summary>
    BackgroundStream,

    /// <summary>In the background, to be polled.</summary>
    Background,

    /// <summary>Answered whole by its own call.</summary>
    Foreground,

    /// <summary>Streamed by its own call.</summary>
    ForegroundStream,
}
