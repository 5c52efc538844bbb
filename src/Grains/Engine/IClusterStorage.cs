namespace AiGateway.Grains.Engine;

/// <summary>What one silo does for all that is kept.</summary>
internal interface IClusterStorage
{
    /// <summary>Hears, from now on, of deliveries that other processes had enter.</summary>
    Task ListenAsync();

    /// <summary>Has the sender of webhooks look for deliveries.</summary>
    void WakeSender();

    /// <summary>Deletes what was kept long enough.</summary>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <returns>How many objects were deleted.</returns>
    Task<int> SweepAsync(CancellationToken cancellationToken);
}
