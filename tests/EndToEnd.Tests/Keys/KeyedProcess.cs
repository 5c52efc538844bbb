using AiGateway.EndToEnd.Tests.Processes;

namespace AiGateway.EndToEnd.Tests.Keys;

/// <summary>The settings of a gateway that asks for keys.</summary>
internal static class KeyedProcess
{
    public const string AdminKey = "admin-key-of-the-tests";
    public const string Key = "sk-key-0123456789abcdef";

    public static object Settings { get; } = new
    {
        Providers = new[] { new { Name = "demo", Kind = "demo" } },
        Models = new[] { new { Name = "demo", Provider = "demo", Price = new { Input = 1, Output = 2 } } },
        Keys = new object[]
        {
            new { Id = "key", Key, Tenant = "team" },
            new { Id = "limited", Key = "sk-limited-0123456789abcdef", Limits = new { RequestsPerMinute = 1 } },
            new { Id = "broke", Key = "sk-broke-0123456789abcdef", Budgets = new[] { new { Per = "ever", Cost = 0 } } },
        },
        Admin = new { Key = AdminKey },
    };

    public static Task<GatewayProcess> StartAsync() => GatewayProcess.StartAsync(Settings);
}
