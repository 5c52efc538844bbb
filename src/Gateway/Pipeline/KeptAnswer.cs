using AiGateway.Caching;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Routing.Failover;

namespace AiGateway.Pipeline;

/// <summary>A provider's whole answer, to be given again. What is made of it for the client, ids among it, is made anew each time.</summary>
/// <param name="Route">The route that led to it.</param>
/// <param name="Request">What the provider was sent, without the headers and the body.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Body">The answer.</param>
/// <param name="MadeAt">When it came.</param>
/// <param name="MayBeShared">Whether its provider lets others have it than who asked for it.</param>
internal sealed record KeptAnswer(Route Route, ProviderCall Request, string? ContentType, ReadOnlyMemory<byte> Body, DateTimeOffset MadeAt, bool MayBeShared)
{
    /// <summary>Takes over a provider's answer.</summary>
    /// <param name="served">The answer; let go of here.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    public static async ValueTask<KeptAnswer> ReadAsync(Served served, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var answer = served.Answer;
        var body = await answer.ReadToEndAsync(BodyReading.MaxAnswerBytes, cancellationToken);
        return new KeptAnswer(served.Route, new ProviderCall { Api = served.Api, Reading = served.Request.Reading }, answer.ContentType, body, now, CacheDirectives.Read(answer.CacheControl).MayBeKept);
    }

    /// <summary>The answer, once more.</summary>
    public Served ToServed() => new(Route, Request, new ProviderAnswer(200, ContentType, new WholeBody(Body, null)) { ContentLength = Body.Length });
}
