using System.Globalization;
using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Pipeline.Background;
using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Parsing;

namespace AiGateway.Pipeline;

/// <summary>Serves what is kept of responses: <c>GET</c>, <c>DELETE</c> and <c>POST …/cancel</c> (<c>spec/responses.md</c> §13, §14).</summary>
internal sealed class StoredResponses(IResponseEngine engine, ResponseHistory history, Exchange exchange, ResponseFollower follower)
{
    /// <summary>Serves <c>GET /v1/responses/{id}</c>: the response as it is, or, with <c>stream=true</c>, its events.</summary>
    public async ValueTask RetrieveAsync(GatewayCall call, string id, CallOutput output, CancellationToken cancellationToken)
    {
        var query = ((ResourceRequest)call.Request).Query;
        _ = IncludeParser.Read(query);
        var stream = Flag(query, "stream");
        _ = Flag(query, "include_obfuscation");
        var after = StartingAfter(query);
        var response = await FindAsync(call, id, cancellationToken);
        if (!stream)
        {
            await exchange.WriteAsync(call, response.Body, output, cancellationToken);
            return;
        }

        if (!response.Background)
            throw new GatewayException(GatewayErrors.Invalid("This response cannot be streamed because it was not created with background=true.", "stream"));
        if (!response.Stream)
            throw new GatewayException(GatewayErrors.Invalid("This response cannot be streamed because it was not created with stream=true.", "stream"));
        await follower.FollowAsync(call, response, after, output, cancellationToken);
    }

    /// <summary>Serves <c>POST /v1/responses/{id}/cancel</c>. A response that has ended already is answered as it is.</summary>
    public async ValueTask CancelAsync(GatewayCall call, string id, CallOutput output, CancellationToken cancellationToken)
    {
        var response = await FindAsync(call, id, cancellationToken);
        if (!response.Background)
            throw new GatewayException(GatewayErrors.Invalid("Cannot cancel a synchronous response."));
        if (!response.IsEnded)
            response = await engine.CancelAsync(call.Tenant, id, cancellationToken) ?? throw new GatewayException(GatewayErrors.ResponseNotFound(id));
        await exchange.WriteAsync(call, response.Body, output, cancellationToken);
    }

    /// <summary>Serves <c>DELETE /v1/responses/{id}</c>.</summary>
    public async ValueTask DeleteAsync(GatewayCall call, string id, CallOutput output, CancellationToken cancellationToken)
    {
        switch (await engine.DeleteAsync(call.Tenant, id, cancellationToken))
        {
            case DeleteOutcome.NotFound:
                throw new GatewayException(GatewayErrors.ResponseNotFound(id));
            case DeleteOutcome.Running:
                throw new GatewayException(GatewayErrors.Invalid("Cannot delete an in-flight response. Cancel it, or wait for its end."));
        }

        var body = JsonBytes.Of(json =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, id);
            json.WriteString("object"u8, "response.deleted"u8);
            json.WriteBoolean("deleted"u8, true);
            json.WriteEndObject();
        });
        await exchange.WriteAsync(call, body, output, cancellationToken);
    }

    /// <summary>Serves <c>GET /v1/responses/{id}/input_items</c>: what was before, then the response's own input.</summary>
    public async ValueTask InputItemsAsync(GatewayCall call, string id, CallOutput output, CancellationToken cancellationToken)
    {
        var query = ((ResourceRequest)call.Request).Query;
        var page = ListPage.Read(query, descending: true);
        var include = IncludeParser.Read(query);
        var chain = await engine.FindChainAsync(call.Tenant, id, cancellationToken);
        if (chain.Links.Count == 0)
            throw new GatewayException(GatewayErrors.ResponseNotFound(id));
        using var context = await history.InputAsync(chain, cancellationToken);
        var (items, hasMore) = page.Cut(context.Items, IdOf);
        var body = ListPage.Render(items, hasMore, IdOf, (json, item) => ItemResource.Write(json, item.Json, null, include));
        await exchange.WriteAsync(call, body, output, cancellationToken);
    }

    private static string IdOf(InputItem item) => item.Json.GetProperty("id"u8).GetString()!;

    private async ValueTask<StoredResponse> FindAsync(GatewayCall call, string id, CancellationToken cancellationToken) =>
        await engine.FindAsync(call.Tenant, id, cancellationToken) ?? throw new GatewayException(GatewayErrors.ResponseNotFound(id));

    private static bool Flag(IReadOnlyList<KeyValuePair<string, string>> query, string name) => Last(query, name) switch
    {
        null or "" or "false" or "False" or "0" => false,
        "true" or "True" or "1" => true,
        var other => throw new GatewayException(GatewayErrors.WrongType(name, "a boolean", $"'{other}'")),
    };

    private static long StartingAfter(IReadOnlyList<KeyValuePair<string, string>> query)
    {
        if (Last(query, "starting_after") is not { Length: > 0 } text)
            return -1;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            throw new GatewayException(GatewayErrors.WrongType("starting_after", "an integer", $"'{text}'"));
        return number >= -1 ? number : throw new GatewayException(GatewayErrors.WrongValue("starting_after", "Invalid value for 'starting_after': it is a sequence number, from 0."));
    }

    private static string? Last(IReadOnlyList<KeyValuePair<string, string>> query, string name) => query.LastOrDefault(pair => pair.Key == name).Value;
}
