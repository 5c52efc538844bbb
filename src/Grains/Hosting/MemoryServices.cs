using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.Grains.Hosting;

internal static class MemoryServices
{
    public static IServiceCollection AddMemoryStores(this IServiceCollection services) => services;
}
