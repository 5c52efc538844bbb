using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AiGateway.Engine;
using AiGateway.Grains.Silos;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;

namespace AiGateway.Grains.Engine;

/// <summary>
/// Watches a response from any node by its Orleans stream: for who is not in the caller's path, such as a console. A caller's own stream goes by the log's cursor, which
/// is sooner. A stream may lose events with its silo: what is missing is read from where it is kept, so that a watcher too has them all, once and in order.
/// </summary>
/// <param name="services">Where streams are.</param>
/// <param name="grains">Where grains are.</param>
/// <param name="store">Where events are kept.</param>
internal sealed class ResponseWatcher(IServiceProvider services, IGrainFactory grains, IResponseStore store)
{
    private const int PageBytes = 256 * 1024;

    // How long a stream may be silent before the store is asked whether there is more.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    /// <summary>Watches a background response that streams, to its end.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">Its id.</param>
    /// <param name="after">The sequence number behind which to begin; -1 for the first.</param>
    /// <param name="cancellationToken">Ends the watching.</param>
    /// <returns>The events in order, without gaps; nothing where there is no such response.</returns>
    public async IAsyncEnumerable<EventPage> WatchAsync(string? tenant, string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pages = Channel.CreateUnbounded<EventPage>(new UnboundedChannelOptions { SingleReader = true });
        var stream = services.GetRequiredKeyedService<IStreamProvider>(EventStreams.Provider).GetStream<EventPage>(EventStreams.Of(id));
        var watching = await stream.SubscribeAsync((page, _) =>
        {
            pages.Writer.TryWrite(page);
            return Task.CompletedTask;
        });
        try
        {
            while (await store.FindAsync(tenant, id, cancellationToken) is { } found)
            {
                // Before, and after each silence: what the stream does not have. Another silo may have the response by now.
                if (!found.IsEnded)
                    await grains.GetGrain<IResponseGrain>(id).PublishAsync();
                while (await store.ReadEventsAsync(id, after, PageBytes, cancellationToken) is { Count: > 0 } kept)
                {
                    after = kept.Last;
                    yield return kept;
                }

                if (found.IsEnded)
                    yield break;
                while (await NextAsync(pages.Reader, cancellationToken) is { } page && page.First <= after + 1)
                {
                    var rest = page.After(after);
                    if (rest.Count == 0)
                        continue;
                    after = rest.Last;
                    yield return rest;
                }
            }
        }
        finally
        {
            await watching.UnsubscribeAsync();
        }
    }

    // Null where it is silent.
    private static async ValueTask<EventPage?> NextAsync(ChannelReader<EventPage> pages, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(Silence);
        try
        {
            return await pages.ReadAsync(silence.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
