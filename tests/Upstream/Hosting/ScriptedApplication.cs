using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AiGateway.Upstream;

/// <summary>Takes a request in, asks for its script, and plays it.</summary>
internal sealed class ScriptedApplication(RequestLog log, Func<ReceivedRequest, Script> choose) : IHttpApplication<HttpContext>
{
    private int _stopping;

    /// <summary>From here on, a connection that breaks was broken by this server, not by its caller.</summary>
    public void Stop() => Interlocked.Exchange(ref _stopping, 1);

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        log.Begin();
        try
        {
            var (body, whole) = await ReadBodyAsync(context);
            var request = log.Add(context, body);
            if (whole)
            {
                await AnswerAsync(context, request);
            }
            else
            {
                request.End.CallerLeft();
            }
        }
        finally
        {
            log.End();
        }
    }

    private async Task AnswerAsync(HttpContext context, ReceivedRequest request)
    {
        var left = context.RequestAborted;
        using var watch = left.Register(Gone);
        try
        {
            await new ReplyPlayer(context, request).PlayAsync(choose(request).For(request));
            if (!left.IsCancellationRequested) request.End.Done();
        }
        catch (Exception e) when (left.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The caller left, which is said below.
        }
        catch (Exception e)
        {
            request.End.Broke(e);
            throw;
        }

        // The watch says so at once, but a script that waits hears of it first, and may be at its end, on another thread, before the watch's turn has come.
        if (left.IsCancellationRequested) Gone();
        if (request.End.IsConcluding) request.End.Done();

        void Gone()
        {
            if (Volatile.Read(ref _stopping) == 0)
                request.End.CallerLeft();
            else
                request.End.ServerStopped();
        }
    }

    private static async Task<(byte[] Body, bool Whole)> ReadBodyAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        var body = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(context.RequestAborted);
                foreach (var segment in read.Buffer) body.Write(segment.Span);
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return (body.WrittenSpan.ToArray(), true);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            return (body.WrittenSpan.ToArray(), false);
        }
    }
}
