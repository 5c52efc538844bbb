using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace AiGateway.Embedded.Sqlite;

/// <summary>What is to be written, the urgent before the rest. Any thread adds; one takes.</summary>
internal sealed class WriteQueue
{
    // So much that is not urgent is taken in one transaction, or so long: what is urgent and comes meanwhile has to wait for it.
    private const int MostRelaxed = 128;
    private static readonly TimeSpan LongestRelaxed = TimeSpan.FromMilliseconds(2);

    // Of what is urgent much more: who waits for it waits for the same flush of the disk.
    private const int MostTogether = 512;

    // One who writes alone does not wait; many who write at the same time share a transaction.
    private static readonly TimeSpan Company = TimeSpan.FromMilliseconds(3);

    private readonly object _gate = new();
    private readonly Queue<IWriteWork> _urgent = new();
    private readonly Queue<IWriteWork> _relaxed = new();
    private bool _closed;
    private bool _begunUrgent;
    private int _takenUrgent;
    private int _takenRelaxed;
    private long _begun;
    private long _ended;

    /// <summary>Adds something to write.</summary>
    /// <returns>False where nothing is taken any more.</returns>
    public bool Add(IWriteWork work, bool urgent)
    {
        lock (_gate)
        {
            if (_closed)
                return false;
            var queue = urgent ? _urgent : _relaxed;
            queue.Enqueue(work);

            // In between, the one who takes waits for the time to pass, or does not wait.
            if (urgent || queue.Count is 1 or MostRelaxed)
                Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Takes no further work, and ends the waiting once there is none left.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits until it is time for a transaction.</summary>
    /// <param name="longest">How long to wait where there is nothing to write; null for as long as it takes.</param>
    /// <returns>What to do next.</returns>
    public WriteTurn Wait(TimeSpan? longest)
    {
        lock (_gate)
        {
            var waits = Stopwatch.GetTimestamp();
            while (true)
            {
                if (_urgent.Count > 0)
                    return Begin(urgent: true);
                if (_relaxed.Count > 0)
                {
                    var rest = Company - Stopwatch.GetElapsedTime(_ended);
                    if (rest <= TimeSpan.Zero || _relaxed.Count >= MostRelaxed || _closed)
                        return Begin(urgent: false);
                    Monitor.Wait(_gate, TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds)));
                    continue;
                }

                if (_closed)
                    return WriteTurn.End;
                if (longest is null)
                    Monitor.Wait(_gate);
                else if (longest - Stopwatch.GetElapsedTime(waits) is var left && left > TimeSpan.Zero)
                    Monitor.Wait(_gate, left.Value);
                else
                    return WriteTurn.Idle;
            }
        }
    }

    /// <summary>Takes what comes next in the transaction that has begun.</summary>
    /// <param name="work">The work; null where the transaction is to be committed.</param>
    /// <returns>Whether there is some.</returns>
    public bool TryTake([NotNullWhen(true)] out IWriteWork? work)
    {
        lock (_gate)
        {
            if (_urgent.Count > 0)
            {
                // What is urgent is not safe in a transaction that is not flushed: it gets the next one, at once.
                if (!_begunUrgent)
                    return Nothing(out work);
                if (_takenUrgent < MostTogether)
                {
                    _takenUrgent++;
                    return _urgent.TryDequeue(out work);
                }
            }

            if (_takenRelaxed == MostRelaxed || (_takenRelaxed > 0 && Stopwatch.GetElapsedTime(_begun) > LongestRelaxed))
                return Nothing(out work);
            _takenRelaxed++;
            return _relaxed.TryDequeue(out work);
        }

        static bool Nothing(out IWriteWork? work)
        {
            work = null;
            return false;
        }
    }

    /// <summary>Takes everything: it is to fail.</summary>
    public List<IWriteWork> TakeAll()
    {
        lock (_gate)
        {
            List<IWriteWork> all = [.. _urgent, .. _relaxed];
            _urgent.Clear();
            _relaxed.Clear();
            return all;
        }
    }

    /// <summary>Notes that a transaction has ended.</summary>
    public void End()
    {
        lock (_gate)
            _ended = Stopwatch.GetTimestamp();
    }

    private WriteTurn Begin(bool urgent)
    {
        _begunUrgent = urgent;
        _takenUrgent = 0;
        _takenRelaxed = 0;
        _begun = Stopwatch.GetTimestamp();
        return urgent ? WriteTurn.Urgent : WriteTurn.Relaxed;
    }
}
