using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

// The least a gateway on this stack can do: read the body, find the model, copy both ways. What AiGateway costs is measured against this.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
var app = builder.Build();

var upstream = new Uri(builder.Configuration["upstream"] ?? throw new InvalidOperationException("--upstream URL is missing"));
using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
{
    UseProxy = false,
    UseCookies = false,
    AllowAutoRedirect = false,
    AutomaticDecompression = DecompressionMethods.None,
    ActivityHeadersPropagator = null,
    MaxConnectionsPerServer = int.MaxValue,
});
var json = new MediaTypeHeaderValue("application/json");

app.Run(async context =>
{
    if (HttpMethods.IsGet(context.Request.Method))
        return;

    var reader = context.Request.BodyReader;
    var read = await reader.ReadAsync();
    while (!read.IsCompleted)
    {
        reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        read = await reader.ReadAsync();
    }

    if (!NamesModel(read.Buffer))
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return;
    }

    var body = read.Buffer.IsSingleSegment ? read.Buffer.First : read.Buffer.ToArray();
    using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(upstream, context.Request.Path.Value))
    {
        Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = json } },
    };
    request.Headers.TryAddWithoutValidation("Authorization", context.Request.Headers.Authorization.ToString());

    using var response = await invoker.SendAsync(request, context.RequestAborted);
    reader.AdvanceTo(read.Buffer.End);
    context.Response.StatusCode = (int)response.StatusCode;
    context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
    context.Response.ContentLength = response.Content.Headers.ContentLength;

    var source = await response.Content.ReadAsStreamAsync();
    var writer = context.Response.BodyWriter;
    int count;
    while ((count = await source.ReadAsync(writer.GetMemory(4096), context.RequestAborted)) > 0)
    {
        writer.Advance(count);
        // A body of known length is in one or two reads, and leaves with the end of the request; a stream's reader is waiting for each piece.
        if (context.Response.ContentLength is null)
            await writer.FlushAsync();
    }
});

await app.RunAsync();

static bool NamesModel(ReadOnlySequence<byte> body)
{
    var reader = new Utf8JsonReader(body);
    while (reader.Read())
    {
        if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("model"u8))
            return reader.Read() && reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 };
    }

    return false;
}
