using AiGateway.AspNetCore;
using AiGateway.Hosting;
using AiGateway.Routing;
using AiGateway.Standalone;

return await GatewayProgram.RunAsync(args, new ProgramSetup
{
    Description = "AI gateway: the OpenAI API and the Open Responses API in front of any model provider, in one process.",
    Help = HelpText.Text,
    DefaultUrl = "http://127.0.0.1:8080",
    Add = static (builder, _) =>
    {
        LoopbackGuard.AddTo(builder.Services);
        builder.Services.AddAiGateway(builder.Configuration).ReturnIdleMemory();
    },
    Map = static app => app.MapAiGateway(),
    Greet = static app => Greeting.Of(app.Urls, app.Services.GetRequiredService<ModelRegistry>().Table),
});
