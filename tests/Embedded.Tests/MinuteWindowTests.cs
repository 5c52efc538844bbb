using AiGateway.Limits;

namespace AiGateway.Embedded.Tests;

public sealed class MinuteWindowTests
{
    [Fact]
    public void It_says_when_no_more_than_so_much_is_left_as_if_one_waited_and_looked()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var second = 1000L + random.Next(200);
            var happened = new List<(long Second, long Count)>();
            for (var i = random.Next(12); i > 0; i--)
                happened.Add((second += random.Next(25), random.Next(5)));
            var most = random.Next(20);

            var when = At(happened, second).When(most);

            var looked = second;
            while (At(happened, looked).Sum > most)
                looked++;
            Assert.True(looked == when, $"Seed {seed}, round {round}: {when}, but by looking {looked}.");
        }
    }

    private static MinuteWindow At(List<(long Second, long Count)> happened, long second)
    {
        var window = new MinuteWindow();
        foreach (var (at, count) in happened)
        {
            window.Move(at);
            window.Add(count);
        }

        window.Move(second);
        return window;
    }
}
