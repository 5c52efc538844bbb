using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AiGateway.Upstream;

/// <summary>Plays one reply on one request.</summary>
internal sealed class ReplyPlayer(HttpContext context, ReceivedRequest request)
{
    /// <summary>So much fits into the kernel's buffer in any case.</summary>
    private const int LastPiece = 4096;
    private Func<long, long>? _nextCut;
    private bool _last;
    private long _sent;

    /// <summary>Cancelled when the caller has gone.</summary>
    public CancellationToken Left => context.RequestAborted;

    public async Task PlayAsync(Reply reply)
    {
        foreach (var step in reply.BeforeHeaders)
        {
            if (!await step.RunAsync(this)) return;
        }

        _nextCut = reply.NextCut;
        await StartAsync(reply);
        var steps = reply.NextCut is null ? reply.Steps : [.. Joined(reply.Steps)];
        if (steps.IsEmpty) request.End.Conclude();
        for (var i = 0; i < steps.Length; i++)
        {
            _last = i == steps.Length - 1 && steps[i] is SendStep && reply.MissingBytes == 0;
            if (!await steps[i].RunAsync(this)) return;
        }

        if (reply.MissingBytes > 0) Close();
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var length = _nextCut is null ? bytes.Length : (int)Math.Min(bytes.Length, _nextCut(_sent) - _sent);
            if (_last && bytes.Length == length)
            {
                if (length > 4 * LastPiece)
                    length -= LastPiece;
                else
                    request.End.Conclude();
            }

            await context.Response.Body.WriteAsync(bytes[..length], Left);
            await context.Response.Body.FlushAsync(Left);
            Left.ThrowIfCancellationRequested();
            _sent += length;
            bytes = bytes[length..];
        }
    }

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        var socket = Socket;
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, Left)..];
        Close();
    }

    public void Reset()
    {
        request.End.Done();
        Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        context.Abort();
    }

    private Socket Socket => context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;

    /// <summary>The end of the connection, in order: everything sent arrives.</summary>
    private void Close()
    {
        request.End.Done();
        Socket.Shutdown(SocketShutdown.Send);
        context.Abort();
    }

    private async Task StartAsync(Reply reply)
    {
        context.Response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers) context.Response.Headers.Append(name, value);
        if (reply.IsStream)
        {
            await context.Response.StartAsync(Left);
            await context.Response.Body.FlushAsync(Left);
        }
        else
        {
            context.Response.ContentLength = reply.Steps.OfType<SendStep>().Sum(s => s.Bytes.Length) + reply.MissingBytes;
        }
    }

    /// <summary>Sends that follow each other become one, so that a cut may fall anywhere and a piece may span frames.</summary>
    private static List<Step> Joined(IEnumerable<Step> steps)
    {
        var joined = new List<Step>();
        foreach (var step in steps)
        {
            if (step is SendStep next && joined is [.., SendStep last])
                joined[^1] = new SendStep([.. last.Bytes, .. next.Bytes]);
            else
                joined.Add(step);
        }

        return joined;
    }
}
