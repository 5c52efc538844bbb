using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace AiGateway.Upstream;

/// <summary>An OpenAI-compatible provider on a real Kestrel, whose replies tests script.</summary>
/// <remarks>
/// A request gets, in this order: the oldest enqueued script; the first <see cref="When"/> whose predicate holds; the <see cref="Always"/> script;
/// <see cref="StandardAnswers">a sensible answer</see> by the end of its path, whatever the path starts with.
/// </remarks>
public sealed class ScriptedUpstream : IAsyncDisposable
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);
    private readonly RequestLog _log;
    private readonly ScriptBook _book = new();
    private readonly ScriptedApplication _application;
    private readonly KestrelServer _server;
    private int _disposed;

    private ScriptedUpstream(IPEndPoint endpoint, bool keepRequests)
    {
        _log = new RequestLog(keepRequests);
        _application = new ScriptedApplication(_log, _book.Choose);

        // So small a buffer makes a flush wait until the kernel has the bytes: what was sent before Abort() was really sent,
        // and a caller that does not read holds the script up.
        var transport = new SocketTransportOptions { MaxWriteBufferSize = 2 };
        _server = KestrelHost.Create(endpoint, transport, listener => listener.Use(next => async connection =>
        {
            _log.Connected(connection);
            try
            {
                await next(connection);
            }
            finally
            {
                _log.Disconnected(connection);
            }
        }));
    }

    /// <summary>Starts on a free loopback port, or on the endpoint given.</summary>
    /// <param name="endpoint">Null: 127.0.0.1 and a free port.</param>
    /// <param name="keepRequests">False for a long-lived process: nothing is recorded, and nothing can be waited for.</param>
    public static async Task<ScriptedUpstream> StartAsync(IPEndPoint? endpoint = null, bool keepRequests = true)
    {
        var upstream = new ScriptedUpstream(endpoint ?? new IPEndPoint(IPAddress.Loopback, 0), keepRequests);
        await upstream._server.StartAsync(upstream._application, CancellationToken.None);
        upstream.Address = new Uri(upstream._server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return upstream;
    }

    /// <summary>Scheme, host and port.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary><c>http://127.0.0.1:port/v1</c>, no slash at the end.</summary>
    public string BaseUrl => WithPath("/v1");

    /// <summary>A base address under another prefix; every prefix works.</summary>
    public string WithPath(string prefix) => Address.GetLeftPart(UriPartial.Authority) + prefix;

    /// <summary>Everything received so far, in order.</summary>
    public IReadOnlyList<ReceivedRequest> Requests => _log.Requests;

    /// <summary>Requests whose reply is not finished, those still being received included.</summary>
    public int ActiveRequests => _log.Active;

    /// <summary>Connections open now, idle ones included.</summary>
    public int OpenConnections => _log.Connections;

    /// <summary>Connections opened since the start.</summary>
    public int ConnectionsEver => _log.ConnectionsEver;

    /// <summary>The next request not yet given out by this method; throws <see cref="TimeoutException"/> when none comes (default 30 s).</summary>
    public async Task<ReceivedRequest> NextRequestAsync(TimeSpan? timeout = null)
    {
        using var deadline = new CancellationTokenSource(timeout ?? DefaultTimeout);
        try
        {
            return await _log.NextAsync(deadline.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"No further request within {timeout ?? DefaultTimeout}; {Requests.Count} came before.", e);
        }
    }

    /// <summary>Waits until no request is being served.</summary>
    public Task WaitForIdleAsync(TimeSpan? timeout = null) => WaitUntilAsync(u => u.ActiveRequests == 0, timeout);

    /// <summary>Waits until no connection is open, the idle ones of a client's pool included.</summary>
    public Task WaitForNoConnectionsAsync(TimeSpan? timeout = null) => WaitUntilAsync(u => u.OpenConnections == 0, timeout);

    /// <summary>Waits until the counters or the requests satisfy a condition; throws <see cref="TimeoutException"/> (default 30 s).</summary>
    public Task WaitUntilAsync(Func<ScriptedUpstream, bool> condition, TimeSpan? timeout = null) => _log.Changed.WaitUntilAsync(
        () => condition(this),
        timeout ?? DefaultTimeout,
        () => $"{ActiveRequests} requests active, {OpenConnections} connections open, {Requests.Count} requests received.");

    /// <summary>The next requests get these, one each.</summary>
    public ScriptedUpstream Enqueue(params Script[] scripts)
    {
        _book.Enqueue(scripts);
        return this;
    }

    /// <summary>Every request that is like this gets it.</summary>
    public ScriptedUpstream When(Func<ReceivedRequest, bool> predicate, Script script)
    {
        _book.When(predicate, script);
        return this;
    }

    /// <summary>Every request for which nothing better is known gets it; the last call counts.</summary>
    public ScriptedUpstream Always(Script script)
    {
        _book.Always = script;
        return this;
    }

    /// <summary>Resets every open connection, the idle ones of a client's pool included, and goes on listening.</summary>
    public void DropConnections()
    {
        foreach (var connection in _log.Open.Values) connection.Abort(new ConnectionAbortedException("Dropped by the test."));
    }

    /// <summary>Breaks every open connection and stops listening; the address then refuses connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _application.Stop();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _server.StopAsync(now.Token);
        _server.Dispose();
    }
}
