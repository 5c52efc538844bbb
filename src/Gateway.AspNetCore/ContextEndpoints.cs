using AiGateway.Pipeline;
using AiGateway.Pipeline.Compaction;
using AiGateway.Protocol;
using Microsoft.AspNetCore.Http;

namespace AiGateway.AspNetCore;

/// <summary>The endpoints that work on a context without answering it.</summary>
internal sealed class ContextEndpoints(CallEntry entry, CompactHandler compact, InputTokensHandler inputTokens)
{
    public Task CompactAsync(HttpContext context) =>
        entry.InvokeAsync(context, ApiKind.Responses, static body => new CompactRequest(body), compact.HandleAsync);

    public Task InputTokensAsync(HttpContext context) =>
        entry.InvokeAsync(context, ApiKind.Responses, static body => new InputTokensRequest(body), inputTokens.HandleAsync);
}
