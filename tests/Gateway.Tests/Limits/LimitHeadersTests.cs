using AiGateway.Engine;
using AiGateway.Limits;
using Xunit;

namespace AiGateway.Tests.Limits;

/// <summary>How OpenAI's headers say what is left, and until when: never too soon.</summary>
public sealed class LimitHeadersTests
{
    [Theory]
    [InlineData(-1, "0s")]
    [InlineData(0, "0s")]
    [InlineData(0.0001, "1ms")]
    [InlineData(0.12, "120ms")]
    [InlineData(0.9999, "1000ms")]
    [InlineData(1, "1s")]
    [InlineData(1.2, "2s")]
    [InlineData(59, "59s")]
    [InlineData(59.2, "1m0s")]
    [InlineData(60, "1m0s")]
    [InlineData(61, "1m1s")]
    public void They_say_it(double seconds, string reset)
    {
        var time = TimeSpan.FromSeconds(seconds);
        var headers = LimitErrors.Headers(new CapacityStanding(10, 3, time, 1000, 0, time)).ToDictionary(h => h.Key, h => h.Value, StringComparer.Ordinal);

        Assert.Equal(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["x-ratelimit-limit-requests"] = "10",
                ["x-ratelimit-remaining-requests"] = "3",
                ["x-ratelimit-reset-requests"] = reset,
                ["x-ratelimit-limit-tokens"] = "1000",
                ["x-ratelimit-remaining-tokens"] = "0",
                ["x-ratelimit-reset-tokens"] = reset,
            },
            headers);
    }

    [Fact]
    public void Of_what_is_not_limited_they_say_nothing() => Assert.Empty(LimitErrors.Headers(default));
}
