using System.Diagnostics.Metrics;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Harness;

/// <summary>Notices when the gateway has a provider's status and headers, which no client can tell: the HTTP stack measures how long they took.</summary>
public sealed class AnswerHead : IDisposable
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MeterListener _listener = new();

    public AnswerHead(ScriptedUpstream upstream)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "System.Net.Http", Name: "http.client.request.duration" })
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            foreach (var (name, value) in tags)
            {
                if (name == "server.port" && value is int port && port == upstream.Address.Port)
                    _arrived.TrySetResult();
            }
        });
        _listener.Start();
    }

    public Task Arrived => _arrived.Task;

    public void Dispose() => _listener.Dispose();
}
