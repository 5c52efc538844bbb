using AiGateway.AspNetCore;
using AiGateway.Bench.Gateway;

// The gateway as the standalone executable builds it, with idle hooks besides: those cannot be registered from outside the executable.
var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
builder.Configuration.AddJsonFile(Path.GetFullPath(builder.Configuration["config"] ?? throw new InvalidOperationException("--config FILE is missing")));
builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
builder.Services.AddAiGateway(builder.Configuration).ReturnIdleMemory().AddHook<IdleHooks>();
var app = builder.Build();
app.MapAiGateway();
await app.RunAsync();
