using System.Text.Json;
using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Responses.Parsing;

namespace AiGateway.Pipeline.StoredCompletions;

/// <summary>Keeps the chat completions that are to be kept: those with <c>store: true</c>.</summary>
internal sealed class CompletionKeeper(ICompletionStore store, TimeProvider time)
{
    /// <summary>Begins a call. To be called before its provider is: a request that cannot be kept is refused first.</summary>
    /// <param name="call">The call, sealed.</param>
    /// <returns>What is to be kept, to be disposed with the call; null where nothing is.</returns>
    /// <exception cref="GatewayException">400: its metadata is wrong.</exception>
    public KeptCompletion? Begin(GatewayCall call)
    {
        if (call.Request is not ChatRequest || !call.Request.Envelope.Store)
            return null;
        var request = RequestDocument.Parse(call.Request.Utf8);
        try
        {
            return new KeptCompletion(call, request, MetadataUpdate.Read(new FieldReader(request.RootElement, default)), store, time);
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }
}
