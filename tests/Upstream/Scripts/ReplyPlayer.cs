using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AiGateway.Upstream;

/// <summary>Plays one reply on one request.</summary>
internal sealed class ReplyPlayer(HttpContext context, ReceivedRequest request)
{
    private Func<long, long>? _nextCut;
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
        foreach (var step in reply.NextCut is null ? reply.Steps : [.. Joined(reply.Steps)])
        {
            if (!await step.RunAsync(this)) return;
        }

        if (reply.MissingBytes > 0) Close();
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var length = _nextCut is null ? bytes.Length : (int)Math.Min(bytes.Length, _nextCut(_sent) - _sent);
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
        request.Done();
        Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        context.Abort();
    }

    private Socket Socket => context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;

    /// <summary>The end of the connection, in order: everything sent arrives.</summary>
    private void Close()
    {
        request.Done();
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
