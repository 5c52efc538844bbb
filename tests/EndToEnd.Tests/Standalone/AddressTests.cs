using AiGateway.EndToEnd.Tests.Processes;

namespace AiGateway.EndToEnd.Tests.Standalone;

public sealed class AddressTests(DemoGateway running) : IClassFixture<DemoGateway>
{
    [Fact]
    public async Task A_port_in_use_is_said_in_a_line()
    {
        var taken = running.Process.Address.GetLeftPart(UriPartial.Authority);
        await using var second = await GatewayProcess.LaunchAsync(config: null, environment: null, "--urls", taken);

        Assert.Equal(1, await second.Process.WaitForExitAsync());
        var line = Assert.Single(second.Process.Everything.Split('\n'));
        Assert.Contains(taken, line);
        Assert.Contains("Is another gateway running? Choose another address with --urls.", line);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    public async Task An_address_that_others_reach_is_refused_where_nobody_checks_callers(string url)
    {
        await using var gateway = await GatewayProcess.LaunchAsync(config: null, environment: null, "--urls", url);

        Assert.Equal(2, await gateway.Process.WaitForExitAsync());
        var line = Assert.Single(gateway.Process.Everything.Split('\n'));
        Assert.Contains("127.0.0.1", line);
        Assert.Contains("AllowAnonymous", line);
    }

    [Fact]
    public async Task The_variable_is_heard_and_the_option_wins()
    {
        var taken = new Dictionary<string, string?>(StringComparer.Ordinal) { ["ASPNETCORE_URLS"] = running.Process.Address.AbsoluteUri };
        await using var byVariable = await GatewayProcess.LaunchAsync(config: null, taken);
        await using var byOption = await GatewayProcess.StartAsync(environment: taken);

        Assert.Equal(1, await byVariable.Process.WaitForExitAsync());
        Assert.NotEqual(running.Process.Address, byOption.Address);
    }

    [Fact]
    public async Task A_newcomer_is_told_what_to_try()
    {
        await running.Process.Process.WaitForLineAsync(l => l.Contains("any OPENAI_API_KEY", StringComparison.Ordinal));

        var address = running.Process.Address.GetLeftPart(UriPartial.Authority);
        Assert.Contains($"curl {address}/v1/chat/completions", running.Process.Process.Output);
        Assert.Contains("Models: demo", running.Process.Process.Output);
    }
}
