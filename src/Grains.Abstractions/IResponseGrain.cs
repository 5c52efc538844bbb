using AiGateway.Engine;

namespace AiGateway.Grains;

/// <summary>A background response, wherever in the cluster it runs: one object for each id, which alone writes its log. Its storage is what it leaves; whoever finds no such object there takes over.</summary>
[Alias("AiGateway.Response")]
internal interface IResponseGrain : IGrainWithStringKey
{
    /// <summary>Keeps a response and has it run when its turn comes.</summary>
    /// <param name="response">The response, queued, with its request.</param>
    /// <param name="events">Its first events; empty for none.</param>
    [Alias("Start")]
    Task<StartOutcome> StartAsync(StoredResponse response, EventPage events);

    /// <summary>Reads events: those kept, then those to come, until the log ends here, which need not be the response's end.</summary>
    /// <param name="after">The sequence number behind which to begin; -1 for the first.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    [Alias("Read")]
    IAsyncEnumerable<EventPage> ReadAsync(long after, CancellationToken cancellationToken);

    /// <summary>Cancels it, unless it has ended.</summary>
    [Alias("Cancel")]
    Task<GrainOutcome> CancelAsync();

    /// <summary>Has its events go to its Orleans stream too, from here on, as long as it runs here.</summary>
    /// <returns>Whether it runs here: if not, there is nothing to wait for on its stream.</returns>
    [Alias("Publish")]
    Task<bool> PublishAsync();

    /// <summary>Takes it over from an owner that is gone, unless it runs here: what had not started is run, what had started is closed.</summary>
    [Alias("Recover")]
    Task<GrainOutcome> RecoverAsync();
}
