using AiGateway.Pipeline;
using AiGateway.Protocol;
using Microsoft.AspNetCore.Http;

namespace AiGateway.AspNetCore;

/// <summary>From HTTP to what is kept of responses.</summary>
internal sealed class ResponseEndpoints(CallEntry entry, StoredResponses responses)
{
    public Task RetrieveAsync(HttpContext context) =>
        entry.InvokeAsync(context, ApiKind.Responses, (call, output, token) => responses.RetrieveAsync(call, Id(context), output, token));

    public Task DeleteAsync(HttpContext context) =>
        entry.InvokeAsync(context, ApiKind.Responses, (call, output, token) => responses.DeleteAsync(call, Id(context), output, token));

    public Task CancelAsync(HttpContext context) =>
        entry.InvokeAsync(context, ApiKind.Responses, (call, output, token) => responses.CancelAsync(call, Id(context), output, token));

    public Task InputItemsAsync(HttpContext context) =>
        entry.InvokeAsync(context, ApiKind.Responses, (call, output, token) => responses.InputItemsAsync(call, Id(context), output, token));

    private static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;
}
