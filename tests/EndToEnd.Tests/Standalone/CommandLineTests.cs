using AiGateway.EndToEnd.Tests.Processes;

namespace AiGateway.EndToEnd.Tests.Standalone;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Help_says_everything_that_can_be_set()
    {
        await using var gateway = await GatewayProcess.LaunchAsync(config: null, environment: null, "--help");

        Assert.Equal(0, await gateway.Process.WaitForExitAsync());
        foreach (var word in new[]
        {
            "--urls", "http://127.0.0.1:8080", "--config", "--help", "--version", "OPENAI_API_KEY", "OPENAI_BASE_URL", "LLM_MODEL", "appsettings.json", "${NAME}",
            "Gateway__Providers__0__BaseUrl", "Gateway__Models__0__Name", "Gateway__Storage__Path", "Gateway__AllowAnonymous", "Logging__LogLevel__AiGateway",
            "ASPNETCORE_URLS", "Exit codes",
        })
        {
            Assert.Contains(word, gateway.Process.Output);
        }

        Assert.Empty(gateway.Process.Errors);
    }

    [Fact]
    public async Task The_example_in_the_help_works()
    {
        await using var help = await GatewayProcess.LaunchAsync(config: null, environment: null, "--help");
        await help.Process.WaitForExitAsync();
        var text = help.Process.Output;
        var from = text.IndexOf("{ \"Gateway\"", StringComparison.Ordinal);
        var example = text[from..text.IndexOf("Exit codes", StringComparison.Ordinal)];

        await using var gateway = await GatewayProcess.LaunchAsync(
            example, new Dictionary<string, string?>(StringComparer.Ordinal) { ["OPENAI_API_KEY"] = "sk-mine" }, "--urls", GatewayProcess.AnyPort);

        await gateway.Process.WaitForLineAsync(l => l.Contains("Models: fast, any other name (at openai)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--port")]
    [InlineData("--config")]
    [InlineData("serve")]
    public async Task A_wrong_option_is_refused_in_a_line(string argument)
    {
        await using var gateway = await GatewayProcess.LaunchAsync(config: null, environment: null, argument);

        Assert.Equal(2, await gateway.Process.WaitForExitAsync());
        Assert.Contains("--help", Assert.Single(gateway.Process.Errors.Split('\n')));
        Assert.Contains(argument, gateway.Process.Errors);
        Assert.Empty(gateway.Process.Output);
    }

    [Fact]
    public async Task Version()
    {
        await using var gateway = await GatewayProcess.LaunchAsync(config: null, environment: null, "--version");

        Assert.Equal(0, await gateway.Process.WaitForExitAsync());
        Assert.Matches(@"^\d+\.\d+\.\d+", gateway.Process.Output);
    }
}
