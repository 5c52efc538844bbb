using System.Text;
using AiGateway.Configuration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace AiGateway.Tests.Configuration;

/// <summary>Reads settings as the standalone gateway does, from JSON and an environment of the test's own.</summary>
internal static class Json
{
    public static GatewayOptions Read(string gateway, params (string Name, string Value)[] environment) =>
        GatewayConfiguration.Read(Root($$"""{ "Gateway": {{gateway}} }"""), Environment(environment));

    public static IReadOnlyList<string> Problems(string gateway, params (string Name, string Value)[] environment)
    {
        var thrown = Assert.Throws<GatewayConfigurationException>(() => Read(gateway, environment));
        Assert.Equal(string.Join('\n', thrown.Problems), thrown.Message);
        return thrown.Problems;
    }

    public static Func<string, string?> Environment(params (string Name, string Value)[] environment) =>
        name => environment.FirstOrDefault(e => e.Name == name).Value;

    public static IConfigurationRoot Root(string json) =>
        new ConfigurationBuilder().AddInMemoryCollection(new ConfigurationFile("test.json").Parse(Encoding.UTF8.GetBytes(json))).Build();
}
