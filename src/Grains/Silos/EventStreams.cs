using System.Collections.Concurrent;
using AiGateway.Engine;
using AiGateway.Responses.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Streams;

namespace AiGateway.Grains.Silos;

/// <summary>
/// Puts the events of responses on their Orleans streams, for who watches them besides the caller: as soon as somebody does; behind the last, an empty page. Nothing waits for it, neither the run nor
/// its readers; what a watcher misses, it reads from the log.
/// </summary>
/// <param name="services">Where streams are.</param>
/// <param name="metrics">Told how far a stream is behind.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class EventStreams(IServiceProvider services, ClusterMetrics metrics, TimeProvider time, ILogger<EventStreams> logger)
{
    /// <summary>The name of the streams' provider.</summary>
    public const string Provider = "AiGateway.Events";

    private const string Namespace = "AiGateway.Responses";

    private readonly ConcurrentDictionary<string, ResponseRun> _published = new(StringComparer.Ordinal);

    /// <summary>The stream of a response's events.</summary>
    public static StreamId Of(string id) => StreamId.Create(Namespace, id);

    /// <summary>Puts a run's events on its stream, from here on.</summary>
    public void Publish(ResponseRun run)
    {
        if (_published.TryAdd(run.Response.Id, run))
            _ = Task.Run(() => PublishAsync(run));
    }

    private async Task PublishAsync(ResponseRun run)
    {
        try
        {
            var stream = services.GetRequiredKeyedService<IStreamProvider>(Provider).GetStream<EventPage>(Of(run.Response.Id));
            await foreach (var page in run.ReadAsync(run.NextSequence - 1, CancellationToken.None))
            {
                var began = time.GetTimestamp();
                await stream.OnNextAsync(page);
                metrics.Streamed(time.GetElapsedTime(began));
            }

            // Who watches looks at what is kept: that it has ended.
            await stream.OnNextAsync(default);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogBroken(e, run.Response.Id);
        }
        finally
        {
            _published.TryRemove(KeyValuePair.Create(run.Response.Id, run));
        }
    }

    [LoggerMessage(5301, LogLevel.Warning, "The events of {ResponseId} cannot be put on its stream; its watchers read the log.")]
    private partial void LogBroken(Exception exception, string responseId);
}
