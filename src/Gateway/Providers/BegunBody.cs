namespace AiGateway.Providers;

/// <summary>A body of which the first bytes are here, or asked for, before anybody reads it.</summary>
internal sealed class BegunBody : ForwardStream
{
    private const int FirstBytes = 4096;

    private readonly ProviderAnswer _answer;
    private readonly byte[] _first = new byte[FirstBytes];
    private readonly Task<int> _asked;
    private int _count;
    private int _at;
    private bool _isHere;

    private BegunBody(ProviderAnswer answer, CancellationToken cancellationToken)
    {
        _answer = answer;
        _asked = answer.Body.ReadAsync(_first, cancellationToken).AsTask();
    }

    /// <summary>Begins to read a body.</summary>
    /// <param name="answer">The answer; let go of with the body, or here where it fails.</param>
    /// <param name="patience">How long to wait for its first bytes: after that it is given back as it is. Zero for no limit.</param>
    /// <param name="time">What patience is measured by.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="ProviderException">It ended, or broke off, before its first byte.</exception>
    public static async ValueTask<BegunBody> BeginAsync(ProviderAnswer answer, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var body = new BegunBody(answer, cancellationToken);
        try
        {
            var isHere = body._asked.IsCompleted || patience <= TimeSpan.Zero || await IsWithinAsync(body._asked, patience, time);
            if (isHere && await body._asked == 0)
                throw new ProviderException(ProviderFailure.ClosedEarly);
            return body;
        }
        catch
        {
            await answer.DisposeAsync();
            throw;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_isHere)
        {
            _count = await _asked.WaitAsync(cancellationToken);
            _isHere = true;
        }

        if (_at == _count)
            return _count == 0 ? 0 : await _answer.Body.ReadAsync(buffer, cancellationToken);
        var count = Math.Min(buffer.Length, _count - _at);
        _first.AsMemory(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await _answer.DisposeAsync();

        // A read that nobody waits for any more ends with the answer; how, is nobody's business.
        _ = _asked.ContinueWith(static read => _ = read.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    private static async ValueTask<bool> IsWithinAsync(Task read, TimeSpan patience, TimeProvider time)
    {
        using var over = new CancellationTokenSource();
        var delay = Task.Delay(patience, time, over.Token);
        var first = await Task.WhenAny(read, delay);
        await over.CancelAsync();
        return first == read;
    }
}
