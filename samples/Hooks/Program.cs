using AiGateway.AspNetCore;
using AiGateway.Samples.Hooks;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.Configure<SampleOptions>(builder.Configuration.GetSection("Sample"));
builder.Services.AddAiGateway(builder.Configuration)
    .AddHook<KeyHook>()
    .AddHook<LoggingHook>()
    .AddHook<RedactingHook>();

var app = builder.Build();
app.MapAiGateway();
app.Run();
