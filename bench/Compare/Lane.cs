namespace AiGateway.Bench.Compare;

/// <summary>One kind of request, sent over and over by every client.</summary>
/// <param name="Translated">Only a gateway answers it: the upstream is asked for something else.</param>
internal sealed record Lane(string Name, string Path, string Body, bool Streams, bool Translated)
{
    // The text is the upstream's own; what differs is how fast it comes.
    private const string Steady = "paced-16-10";

    private const string Text =
        "You are a helpful assistant that answers briefly. What is the distance from the Earth to the Moon, and how long does light take?";

    // Usage is asked for, so that every target's stream has the same events; a gateway that reads usage does so either way.
    private const string AskStream = ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";

    public static readonly Lane Chat = new("chat", "/v1/chat/completions", ChatBody("bench", ""), Streams: false, Translated: false);

    public static readonly Lane ChatStream = new("chat-stream", "/v1/chat/completions", ChatBody("bench", AskStream), Streams: true, Translated: false);

    public static readonly Lane Responses = new("responses", "/v1/responses", ResponsesBody("bench", store: false, ""), Streams: false, Translated: true);

    public static readonly Lane ResponsesStream =
        new("responses-stream", "/v1/responses", ResponsesBody("bench", store: false, ",\"stream\":true"), Streams: true, Translated: true);

    public static readonly Lane Paced = new("paced", "/v1/chat/completions", ChatBody("paced-64-20", AskStream), Streams: true, Translated: false);

    public static readonly Lane StoredResponses =
        new("stored responses", Responses.Path, ResponsesBody("bench", store: true, ""), Streams: false, Translated: true);

    public static readonly Lane StoredResponsesStream =
        new("stored responses-stream", Responses.Path, ResponsesBody("bench", store: true, ",\"stream\":true"), Streams: true, Translated: true);

    /// <summary>Kept with all its events, and followed by the client that created it.</summary>
    public static readonly Lane BackgroundStream =
        new("background-stream", Responses.Path, ResponsesBody("bench", store: true, ",\"background\":true,\"stream\":true"), Streams: true, Translated: true);

    /// <summary>A stream that leaves the machine time: 16 deltas, 10 ms apart.</summary>
    public static readonly Lane SteadyStream =
        new("steady", Responses.Path, ResponsesBody(Steady, store: false, ",\"stream\":true"), Streams: true, Translated: true)
        {
            Plain = new("steady chat", Chat.Path, ChatBody(Steady, AskStream), Streams: true, Translated: false),
        };

    public static readonly Lane StoredSteadyStream = SteadyStream with
    {
        Name = "stored steady",
        Body = ResponsesBody(Steady, store: true, ",\"stream\":true"),
    };

    public static readonly IReadOnlyList<Lane> All = [Chat, ChatStream, Responses, ResponsesStream];

    /// <summary>The lane that asks the provider for the same work without translation.</summary>
    public Lane Plain
    {
        get => field ?? (Streams ? ChatStream : Chat);
        init;
    }

    private static string ChatBody(string model, string more) =>
        $$"""{"model":"{{model}}","messages":[{"role":"system","content":"Be exact."},{"role":"user","content":"{{Text}}"}],"temperature":0.7,"max_tokens":256{{more}}}""";

    private static string ResponsesBody(string model, bool store, string more) =>
        $$"""{"model":"{{model}}","instructions":"Be exact.","input":"{{Text}}","temperature":0.7,"max_output_tokens":256,"store":{{(store ? "true" : "false")}}{{more}}}""";
}
