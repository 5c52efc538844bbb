using AiGateway.Providers.Demo;
using Xunit;

namespace AiGateway.Tests.Providers.Demo;

public sealed class DemoTokensTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("You said: hi", new[] { "You", " said", ":", " hi" })]
    [InlineData("internationalization", new[] { "internat", "ionaliza", "tion" })]
    [InlineData("a  😀é\n", new[] { "a", "  😀", "é", "\n" })]
    public void Splits(string text, string[] tokens)
    {
        Assert.Equal(tokens, DemoTokens.Split(text));
        Assert.Equal(text, string.Concat(DemoTokens.Split(text)));
    }
}
