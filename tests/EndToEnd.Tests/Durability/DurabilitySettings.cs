using System.Globalization;

namespace AiGateway.EndToEnd.Tests.Durability;

/// <summary>
/// How long the history test goes on: short in every run; as long as wanted with the environment variables <c>AIGATEWAY_DURABILITY_ROUNDS</c> (how often
/// the gateway is killed) and <c>AIGATEWAY_DURABILITY_CLIENTS</c>. <c>AIGATEWAY_DURABILITY_SEED</c> repeats a walk; the test prints its seed.
/// </summary>
internal static class DurabilitySettings
{
    public static int Rounds { get; } = Read("ROUNDS", 6);

    public static int Clients { get; } = Read("CLIENTS", 10);

    public static int Seed { get; } = Read("SEED", Random.Shared.Next());

    private static int Read(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable("AIGATEWAY_DURABILITY_" + name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
