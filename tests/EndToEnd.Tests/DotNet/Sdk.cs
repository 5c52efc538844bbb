using System.ClientModel;
using System.ClientModel.Primitives;
using AiGateway.EndToEnd.Tests.Scripted;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Conversations;
using OpenAI.Embeddings;
using OpenAI.Images;
using OpenAI.Models;
using OpenAI.Responses;

namespace AiGateway.EndToEnd.Tests.DotNet;

/// <summary>The official client's parts, as an application makes them; nothing but the address is special.</summary>
/// <param name="address">What applications call the base URL.</param>
/// <param name="retries">How often the client tries again; tests of errors want to see the first.</param>
/// <param name="http">Null: the client's own.</param>
internal sealed class Sdk(Uri address, int retries = 0, HttpClient? http = null)
{
    private readonly ApiKeyCredential _key = new("sk-of-the-client");

    /// <summary>Marks the calls for <see cref="Observed"/>.</summary>
    public string Mark { get; } = Guid.NewGuid().ToString("N");

    public OpenAIModelClient Models => new(_key, Options(new OpenAIClientOptions { Endpoint = address }));

    public ResponsesClient Responses => new(_key, Options(new ResponsesClientOptions { Endpoint = address }));

    public ConversationClient Conversations => new(_key, Options(new ConversationClientOptions { Endpoint = address }));

    public ChatClient Chat(string model) => new(model, _key, Options(new OpenAIClientOptions { Endpoint = address }));

    public EmbeddingClient Embeddings(string model) => new(model, _key, Options(new OpenAIClientOptions { Endpoint = address }));

    public ImageClient Images(string model) => new(model, _key, Options(new OpenAIClientOptions { Endpoint = address }));

    private T Options<T>(T options)
        where T : ClientPipelineOptions
    {
        options.RetryPolicy = new ClientRetryPolicy(retries);
        if (http is not null)
            options.Transport = new HttpClientPipelineTransport(http);
        options.AddPolicy(new Marking(Mark), PipelinePosition.PerCall);
        return options;
    }

    private sealed class Marking(string mark) : PipelinePolicy
    {
        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            message.Request.Headers.Set(Observed.Header, mark);
            ProcessNext(message, pipeline, currentIndex);
        }

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            message.Request.Headers.Set(Observed.Header, mark);
            return ProcessNextAsync(message, pipeline, currentIndex);
        }
    }
}
