using AiGateway.AspNetCore;
using AiGateway.Samples.Embedding;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddAiGateway(builder.Configuration).AddHook<HouseRules>();

var app = builder.Build();
app.MapAiGateway();
app.MapGet("/", () => "This application has a gateway at /v1 and its own pages beside it.");
app.Run();
