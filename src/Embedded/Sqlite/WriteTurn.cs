namespace AiGateway.Embedded.Sqlite;

/// <summary>What the one who writes does next.</summary>
internal enum WriteTurn
{
    /// <summary>Write, and flush the disk.</summary>
    Urgent,

    /// <summary>Write.</summary>
    Relaxed,

    /// <summary>Tidy up: there is nothing to write.</summary>
    Idle,

    /// <summary>Stop.</summary>
    End,
}
