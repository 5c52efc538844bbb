using AiGateway.AspNetCore;
using AiGateway.Configuration;
using AiGateway.Grains;
using AiGateway.Hosting;
using AiGateway.Silo;

return await GatewayProgram.RunAsync(args, new ProgramSetup
{
    Description = "AI gateway, a cluster's silo: it runs background responses and holds the cluster together. Clients talk to the frontends.",
    Help = HelpText.Text,
    Urls = static configuration => GatewayConfiguration.Read(configuration).Cluster.HealthUrls,
    Add = static (builder, _) =>
    {
        var options = GatewayConfiguration.Read(builder.Configuration);
        builder.UseOrleans(silo => silo.UseAiGatewayGrains(options));
        builder.Services.AddAiGateway(builder.Configuration).UseCluster();
        StopInOrder.AddTo(builder.Services, options);
        if (options.Cluster.HealthUrls is null)
            NoServer.AddTo(builder.Services);
    },
    Map = static app =>
    {
        app.MapAiGatewayHealth();
        app.MapMetrics();
    },
    Greet = static app => SiloGreeting.Of(app.Services.GetRequiredService<GatewayConfiguration>().Current),
});
