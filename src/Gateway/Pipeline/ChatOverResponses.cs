using System.Buffers;
using AiGateway.Hooks;
using AiGateway.Pipeline.StoredCompletions;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Errors;
using AiGateway.Routing;
using AiGateway.Translation;

namespace AiGateway.Pipeline;

/// <summary>
/// Serves chat by a provider that only speaks Responses: the request is translated there, and its answer becomes a chat answer, which
/// then goes the way of every chat answer.
/// </summary>
internal sealed class ChatOverResponses(ChatRelay relay, TimeProvider time)
{
    public async ValueTask HandleAsync(GatewayCall call, Route route, KeptCompletion? kept, CallOutput output, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(1024);

        // The relay reads the usage and hides it from a client that did not ask, so it is always said to have asked.
        var form = ChatToResponses.Write(body, call.Request.Utf8, route.ProviderModel, call.Request.Stream) with { IncludeUsage = true };
        var answer = await Exchange.SendAsync(call, route, ApiKind.Responses, body.WrittenMemory, cancellationToken);
        Exchange.CopyHeaders(answer, output);
        await using var chat = await TranslateAsync(call, answer, form, cancellationToken);
        await relay.RelayAsync(call, chat, kept, output, cancellationToken);
    }

    private async ValueTask<ProviderAnswer> TranslateAsync(GatewayCall call, ProviderAnswer answer, ChatAnswerForm form, CancellationToken cancellationToken)
    {
        if (answer.IsEventStream)
        {
            var translation = new ResponseEventsToChatChunks(form, ModelName.ForClient(call), time);
            return new ProviderAnswer(answer.Status, answer.ContentType, new ResponseChunkStream(answer, translation, cancellationToken));
        }

        await using (answer)
        {
            var response = await answer.ReadToEndAsync(Exchange.MaxAnswerBytes, cancellationToken);
            var completion = new ArrayBufferWriter<byte>(Math.Max(256, response.Length));
            try
            {
                ResponseToChatCompletion.Write(completion, response, form, time);
            }
            catch (GatewayException e) when (e is not ProviderException)
            {
                throw new GatewayException(ProviderErrors.Redact(e.Error, call.ProviderOptions!), e);
            }

            return new ProviderAnswer(answer.Status, "application/json", new MemoryStream(completion.WrittenSpan.ToArray()));
        }
    }
}
