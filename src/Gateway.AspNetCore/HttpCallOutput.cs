using System.IO.Pipelines;
using AiGateway.Pipeline;
using Microsoft.AspNetCore.Http;

namespace AiGateway.AspNetCore;

/// <summary>An HTTP response, for the pipeline to write to.</summary>
internal sealed class HttpCallOutput(HttpResponse response) : CallOutput
{
    private bool _started;

    public override bool HasStarted => _started || response.HasStarted;

    public override void SetHeader(string name, string value) => response.Headers[name] = value;

    public override PipeWriter Start(int status, string contentType, long? contentLength = null)
    {
        _started = true;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = contentLength;
        return response.BodyWriter;
    }

    internal override ValueTask StartBodyAsync(CancellationToken cancellationToken) => new(response.StartAsync(cancellationToken));
}
