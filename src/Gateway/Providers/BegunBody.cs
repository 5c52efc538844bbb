using AiGateway.Providers.Errors;
using AiGateway.Providers.Events;

namespace AiGateway.Providers;

/// <summary>A stream of events of which the beginning is here, or asked for, before anybody reads it: so much of it that is known whether it is an answer.</summary>
internal sealed class BegunBody : ForwardStream
{
    /// <summary>How long a response's first words, which say that it exists, are held back for what comes behind them.</summary>
    public static readonly TimeSpan OpeningPatience = TimeSpan.FromSeconds(1);

    private const int FirstBytes = 4096;
    private const int MostBytes = 256 * 1024;

    private readonly ProviderAnswer _answer;
    private readonly StreamBeginning _beginning = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _looked;
    private byte[] _first = new byte[FirstBytes];
    private int _count;
    private int _at;
    private bool _ended;
    private bool _isHere;
    private volatile bool _isGivenOn;
    private Exception? _broke;

    private BegunBody(ProviderAnswer answer, CancellationToken cancellationToken)
    {
        _answer = answer;
        _looked = LookAsync(cancellationToken);
    }

    /// <summary>The error that the stream is, in the place of an answer; null for none, or none so far.</summary>
    public ErrorFields? Error => _looked.IsCompleted ? _beginning.Error : null;

    /// <summary>What ended the stream before it was an answer: it broke off, or had no bytes; null for nothing, or nothing so far. Whoever reads on hears it too.</summary>
    public Exception? Broke => !_looked.IsCompleted ? null : _broke ?? (_ended && _count == 0 ? new ProviderException(ProviderFailure.ClosedEarly) : null);

    /// <summary>Begins to read a body.</summary>
    /// <param name="answer">The answer; let go of with the body.</param>
    /// <param name="patience">How long to wait for its first event: after that it is given back as it is. Zero for no limit.</param>
    /// <param name="time">What patience is measured by.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    public static async ValueTask<BegunBody> BeginAsync(ProviderAnswer answer, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var body = new BegunBody(answer, cancellationToken);
        if (!body._looked.IsCompleted && await IsWithinAsync(Task.WhenAny(body._looked, body._opened.Task), patience, time) && !body._looked.IsCompleted)
            await IsWithinAsync(body._looked, patience > TimeSpan.Zero && patience < OpeningPatience ? patience : OpeningPatience, time);
        body._isGivenOn = true;
        return body;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!_isHere)
        {
            // What came so far is given on while more of the beginning is still waited for.
            var isAll = _looked.IsCompleted;
            var count = Math.Min(buffer.Length, Volatile.Read(ref _count) - _at);
            if (count > 0)
            {
                _first.AsMemory(_at, count).CopyTo(buffer);
                _at += count;
                return count;
            }

            _isHere = isAll;
            if (!isAll)
                await _looked.WaitAsync(cancellationToken);
        }

        if (_broke is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_broke);
        return _ended ? 0 : await _answer.Body.ReadAsync(buffer, cancellationToken);
    }

    // What is being read when it ends, ends with the answer; how, is nobody's business.
    public override ValueTask DisposeAsync()
    {
        _isGivenOn = true;
        return _answer.DisposeAsync();
    }

    private static async ValueTask<bool> IsWithinAsync(Task fact, TimeSpan patience, TimeProvider time)
    {
        if (patience <= TimeSpan.Zero)
        {
            await fact;
            return true;
        }

        using var over = new CancellationTokenSource();
        var delay = Task.Delay(patience, time, over.Token);
        var first = await Task.WhenAny(fact, delay);
        await over.CancelAsync();
        return first == fact;
    }

    // Never throws: what goes wrong is told where the bytes before it are read.
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!_isGivenOn)
            {
                var read = await _answer.Body.ReadAsync(_first.AsMemory(_count), cancellationToken);
                _ended = read == 0;
                Volatile.Write(ref _count, _count + read);
                if (_beginning.Look(_first, _count, _ended) || _count == MostBytes)
                    return;
                if (_beginning.IsOpened)
                    _opened.TrySetResult();
                if (_count == _first.Length)
                    Array.Resize(ref _first, _first.Length * 2);
            }
        }
        catch (Exception e)
        {
            _broke = e;
        }
    }
}
