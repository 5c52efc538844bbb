using System.Net.Sockets;
using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Processes;

/// <summary>Waits until a process answers.</summary>
internal static class Readiness
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks by GET until there is an answer.</summary>
    /// <exception cref="BenchException">It ended, or did not answer in time.</exception>
    public static Task WaitAsync(Target target, string path, bool anyStatus, CancellationToken cancellationToken) => WaitAsync(
        target,
        async deadline =>
        {
            using var connection = await WireConnection.ConnectAsync(target.EndPoint, deadline);
            await using var ended = deadline.Register(connection.Dispose);
            var status = await connection.ExchangeAsync(RequestBytes.Get(target.EndPoint, path));
            return anyStatus || status == 200;
        },
        cancellationToken);

    /// <summary>Asks in any way until it is ready.</summary>
    /// <param name="target">Whom to ask.</param>
    /// <param name="ask">Asks once; what goes wrong with its connection means not yet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BenchException">It ended, or did not answer in time.</exception>
    public static async Task WaitAsync(Target target, Func<CancellationToken, Task<bool>> ask, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        while (!target.Process.HasExited)
        {
            try
            {
                if (await ask(deadline.Token))
                    return;
            }
            catch (Exception exception) when (exception is SocketException or InvalidDataException or ObjectDisposedException)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                break;
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (deadline.IsCancellationRequested)
                break;
            await Task.Delay(Pause, cancellationToken);
        }

        throw new BenchException($"{target.Name} {(target.Process.HasExited ? "ended" : "did not answer")} before it was ready. {target.Process.Output}");
    }
}
