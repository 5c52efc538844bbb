using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Responses;

namespace AiGateway.Pipeline;

/// <summary>One call of <c>POST /v1/responses</c>, ready to run: what is asked, over which items.</summary>
/// <param name="call">The call.</param>
/// <param name="request">The request, checked.</param>
/// <param name="context">The whole input.</param>
/// <param name="store">Where the response is kept if it is to be.</param>
internal sealed class ResponseCall(GatewayCall call, CreateResponse request, ResponseContext context, IResponseStore store) : IDisposable
{
    public GatewayCall Call => call;

    public CreateResponse Request => request;

    public ResponseContext Context => context;

    /// <summary>The response's beginning.</summary>
    public ResponseSnapshot NewSnapshot(GatewayOptions options, TimeProvider time) =>
        new(request, ModelName.ForClient(call), options.EchoJsonSchema, time);

    /// <summary>Keeps the response, if the client wants it kept. To be called before the client sees that it ended.</summary>
    public ValueTask KeepAsync(string id, string status, ReadOnlyMemory<byte> body) =>
        request.Store
            ? store.SaveAsync(
                new StoredResponse { Id = id, Tenant = call.Tenant, Status = status, Body = body, Input = context.ToStored() },
                CancellationToken.None)
            : default;

    /// <inheritdoc cref="KeepAsync(string, string, ReadOnlyMemory{byte})"/>
    public ValueTask KeepAsync(ResponseSnapshot snapshot) =>
        request.Store ? KeepAsync(snapshot.Id, snapshot.Status, snapshot.Render()) : default;

    public void Dispose()
    {
        context.Dispose();
        request.Dispose();
    }
}
