using AiGateway.AspNetCore;
using AiGateway.Configuration;
using AiGateway.Frontend;
using AiGateway.Grains;
using AiGateway.Hosting;
using AiGateway.Routing;

return await GatewayProgram.RunAsync(args, new ProgramSetup
{
    Description = "AI gateway, a cluster's frontend: the OpenAI API and the Open Responses API; what outlives a call runs at the silos.",
    Help = HelpText.Text,
    DefaultUrl = "http://127.0.0.1:8080",
    Flag = ("--with-silo", "Be a silo too: one process is a whole node then."),
    Add = static (builder, withSilo) =>
    {
        var options = GatewayConfiguration.Read(builder.Configuration);
        if (withSilo)
            builder.UseOrleans(silo => silo.UseAiGatewayGrains(options));
        LoopbackGuard.AddTo(builder.Services);
        builder.Services.AddAiGateway(builder.Configuration).UseCluster().ReturnIdleMemory();
        StopInOrder.AddTo(builder.Services, options);
    },
    Map = static app => app.MapAiGateway(),
    Greet = static app => Greeting.Of(app.Urls, app.Services.GetRequiredService<ModelRegistry>().Table),
});
