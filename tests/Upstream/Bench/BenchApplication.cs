using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace AiGateway.Upstream;

/// <summary>The hot path, on Kestrel's own features: no context object, no routing, no parsing. What it does not know goes to the standard answers.</summary>
internal sealed class BenchApplication(IHttpApplication<HttpContext> others) : IHttpApplication<IFeatureCollection>
{
    private static readonly StringValues Json = "application/json";
    private static readonly StringValues EventStream = "text/event-stream; charset=utf-8";
    private static readonly byte[] Healthy = "{\"status\":\"ok\"}"u8.ToArray();

    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    public Task ProcessRequestAsync(IFeatureCollection context)
    {
        var request = context.Get<IHttpRequestFeature>()!;
        if (request.Path.EndsWith("/chat/completions", StringComparison.Ordinal)) return CompleteAsync(context, request);
        return request.Path == "/health" ? WholeAsync(context, Healthy) : OtherAsync(context);
    }

    private async Task OtherAsync(IFeatureCollection features)
    {
        var context = others.CreateContext(features);
        await others.ProcessRequestAsync(context);
        others.DisposeContext(context, exception: null);
    }

    private static async Task CompleteAsync(IFeatureCollection features, IHttpRequestFeature request)
    {
        var asked = await ReadAsync(features.Get<IRequestBodyPipeFeature>()!.Reader);
        if (!asked.Stream)
        {
            await WholeAsync(features, BenchPayloads.Completion);
        }
        else if (PacedStream.Asked(asked.PacedModel, request.Headers[PacedStream.HeaderName]) is { } pace)
        {
            await PacedAsync(features, pace, asked.Usage);
        }
        else
        {
            await StreamAsync(features, asked.Usage ? BenchPayloads.StreamWithUsage : BenchPayloads.Stream);
        }
    }

    private static async ValueTask<BenchRequest> ReadAsync(PipeReader reader)
    {
        while (true)
        {
            var read = await reader.ReadAsync();
            if (!read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            var asked = BenchRequest.Of(read.Buffer);
            reader.AdvanceTo(read.Buffer.End);
            return asked;
        }
    }

    private static Task WholeAsync(IFeatureCollection features, byte[] body)
    {
        var headers = features.Get<IHttpResponseFeature>()!.Headers;
        headers.ContentType = Json;
        headers.ContentLength = body.Length;
        return WriteAsync(features, body);
    }

    /// <summary>Chunked, as providers stream; not flushed here, so that head, body and last chunk leave in one write.</summary>
    private static Task StreamAsync(IFeatureCollection features, byte[] events)
    {
        features.Get<IHttpResponseFeature>()!.Headers.ContentType = EventStream;
        return WriteAsync(features, events);
    }

    private static async Task WriteAsync(IFeatureCollection features, byte[] body)
    {
        var response = features.Get<IHttpResponseBodyFeature>()!;
        await response.StartAsync();
        response.Writer.Write(body);
    }

    private static async Task PacedAsync(IFeatureCollection features, Pace pace, bool usage)
    {
        features.Get<IHttpResponseFeature>()!.Headers.ContentType = EventStream;
        var writer = features.Get<IHttpResponseBodyFeature>()!.Writer;
        var left = features.Get<IHttpRequestLifetimeFeature>()!.RequestAborted;
        try
        {
            await PacedStream.WriteAsync(pace, usage, async bytes => await writer.WriteAsync(bytes, left), left);
            await writer.WriteAsync(BenchPayloads.Ending(usage), left);
        }
        catch (OperationCanceledException)
        {
            // The caller left.
        }
    }
}
