using System.Buffers;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Errors;
using AiGateway.Routing;
using AiGateway.Routing.Failover;
using AiGateway.Translation;

namespace AiGateway.Pipeline;

/// <summary>
/// Serves chat by a provider that only speaks Responses: the request is translated there, and its answer becomes a chat answer, which
/// then goes the way of every chat answer.
/// </summary>
internal sealed class ChatOverResponses(TimeProvider time)
{
    /// <summary>Makes the request for the provider.</summary>
    /// <param name="route">The route.</param>
    /// <param name="call">The chat call.</param>
    public static ProviderCall Prepare(Route route, GatewayCall call)
    {
        var body = new ArrayBufferWriter<byte>(1024);

        // The relay reads the usage and hides it from a client that did not ask, so it is always said to have asked.
        var form = ChatToResponses.Write(body, call.Request.Utf8, route.ProviderModel, call.Request.Stream) with { IncludeUsage = true };
        return new ProviderCall
        {
            Api = ApiKind.Responses,
            Body = body.WrittenMemory,
            Stream = call.Request.Stream,
            ClientHeaders = call.Headers,
            Reading = form,
        };
    }

    /// <summary>Makes a chat answer of the provider's.</summary>
    /// <param name="call">The call.</param>
    /// <param name="served">The provider's answer to what was prepared here.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    public async ValueTask<ProviderAnswer> TranslateAsync(GatewayCall call, Served served, CancellationToken cancellationToken)
    {
        var (answer, form) = (served.Answer, (ChatAnswerForm)served.Request.Reading!);
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
