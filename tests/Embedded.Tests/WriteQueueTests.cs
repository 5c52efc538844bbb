using AiGateway.Embedded.Sqlite;

namespace AiGateway.Embedded.Tests;

public sealed class WriteQueueTests
{
    private readonly WriteQueue _queue = new();

    [Fact]
    public void What_is_urgent_is_taken_first()
    {
        var (relaxed, urgent) = (Add(false), Add(true));

        Assert.Equal(WriteTurn.Urgent, _queue.Wait(null));
        Assert.Equal([urgent, relaxed], TakeAll());
    }

    [Fact]
    public void What_is_urgent_and_comes_to_a_transaction_that_is_flushed_goes_with_it()
    {
        Add(true);
        Add(false);
        Assert.Equal(WriteTurn.Urgent, _queue.Wait(null));
        Assert.True(_queue.TryTake(out _));

        var late = Add(true);

        Assert.Equal(late, TakeAll()[0]);
    }

    [Fact]
    public void What_is_urgent_ends_a_transaction_that_is_not_flushed()
    {
        Add(false);
        Add(false);
        Assert.Equal(WriteTurn.Relaxed, _queue.Wait(null));
        Assert.True(_queue.TryTake(out _));

        Add(true);

        Assert.Empty(TakeAll());
        Assert.Equal(WriteTurn.Urgent, _queue.Wait(null));
        Assert.Equal(2, TakeAll().Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_transaction_takes_a_bounded_amount_of_what_is_not_urgent(bool withUrgent)
    {
        for (var i = 0; i < 1000; i++)
            Add(false);
        if (withUrgent)
            Add(true);

        _queue.Wait(null);

        Assert.InRange(TakeAll().Count, 1, 129);
    }

    [Fact]
    public void What_is_urgent_does_not_starve_the_rest()
    {
        var relaxed = Add(false);
        for (var i = 0; i < 2000; i++)
            Add(true);

        _queue.Wait(null);

        Assert.Contains(relaxed, TakeAll());
    }

    [Fact]
    public void One_who_writes_after_a_pause_does_not_wait_for_company()
    {
        Add(false);
        Assert.Equal(WriteTurn.Relaxed, _queue.Wait(TimeSpan.Zero));
    }

    [Fact]
    public void Nothing_to_write_is_time_to_tidy_up() => Assert.Equal(WriteTurn.Idle, _queue.Wait(TimeSpan.FromMilliseconds(1)));

    [Fact]
    public void What_is_left_is_written_before_the_end()
    {
        Add(false);
        _queue.Close();

        Assert.False(_queue.Add(new WriteWork<int>(_ => 0), urgent: true));
        Assert.Equal(WriteTurn.Relaxed, _queue.Wait(null));
        Assert.Single(TakeAll());
        Assert.Equal(WriteTurn.End, _queue.Wait(null));
    }

    private WriteWork<int> Add(bool urgent)
    {
        var work = new WriteWork<int>(_ => 0);
        Assert.True(_queue.Add(work, urgent));
        return work;
    }

    private List<IWriteWork> TakeAll()
    {
        var all = new List<IWriteWork>();
        while (_queue.TryTake(out var work))
            all.Add(work);
        return all;
    }
}
