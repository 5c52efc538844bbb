using AiGateway.AspNetCore.WebSockets;

namespace AiGateway.AspNetCore.Tests.WebSockets;

public sealed class TurnQueueTests
{
    [Fact]
    public async Task What_is_refused_keeps_its_place()
    {
        using var queue = new TurnQueue(() => 1, () => 100);
        Add(queue, 1, 2, 3, 4);
        Assert.Equal("1", await TakeAsync(queue));
        Add(queue, 5);
        Assert.Equal("2 x x x", string.Join(' ', await TakeAsync(queue), await TakeAsync(queue), await TakeAsync(queue), await TakeAsync(queue)));
        queue.Done();
        queue.Done();
        Add(queue, 6, 7, 8);

        Assert.Equal("6 7 x", string.Join(' ', await TakeAsync(queue), await TakeAsync(queue), await TakeAsync(queue)));
    }

    [Fact]
    public async Task What_comes_behind_a_refused_one_once_there_is_room_stands_behind_it()
    {
        using var queue = new TurnQueue(() => 0, () => 100);
        Add(queue, 1, 2);
        Assert.Equal("1", await TakeAsync(queue));
        queue.Done();
        Add(queue, 3, 4);

        Assert.Equal("x 3 x", string.Join(' ', await TakeAsync(queue), await TakeAsync(queue), await TakeAsync(queue)));
    }

    [Fact]
    public async Task So_do_those_whose_bytes_are_too_many()
    {
        using var queue = new TurnQueue(() => 10, () => 5);
        Add(queue, 1, 2, 3, 4);

        Assert.Equal("1 2 x x", string.Join(' ', await TakeAsync(queue), await TakeAsync(queue), await TakeAsync(queue), await TakeAsync(queue)));
        Add(queue, 5);
        Assert.Equal("5", await TakeAsync(queue));
    }

    [Fact]
    public async Task Nothing_counts_behind_what_is_too_large()
    {
        using var queue = new TurnQueue(() => 10, () => 100);
        Add(queue, 1);
        queue.Add(new SocketMessage(SocketMessageKind.TooLarge));
        Add(queue, 2);

        Assert.Equal("1", await TakeAsync(queue));
        Assert.Equal("TooLarge", await TakeAsync(queue));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await queue.TakeAsync(new CancellationToken(canceled: true)));
    }

    private static void Add(TurnQueue queue, params byte[] names)
    {
        foreach (var name in names)
            queue.Add(new SocketMessage(SocketMessageKind.Message, new[] { name, name }));
    }

    private static async Task<string> TakeAsync(TurnQueue queue)
    {
        var message = await queue.TakeAsync(CancellationToken.None);
        return message.Kind switch
        {
            SocketMessageKind.Message => $"{message.Utf8.Span[0]}",
            SocketMessageKind.OneTooMany => "x",
            var other => $"{other}",
        };
    }
}
