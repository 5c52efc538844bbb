using System.Net;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Durability.History;

namespace AiGateway.EndToEnd.Tests.Durability.Driver;

/// <summary>Asks the gateway, when all is over, what it has.</summary>
internal static class Inspection
{
    public static async Task<Dictionary<string, FinalState>> OfAsync(GatewayClient client, Recorder history)
    {
        var final = new Dictionary<string, FinalState>(StringComparer.Ordinal);
        foreach (var told in history.Responses)
        {
            var (status, body) = await client.AskAsync(HttpMethod.Get, $"/v1/responses/{told.Id}");
            if (status == HttpStatusCode.NotFound)
                continue;
            if (status != HttpStatusCode.OK)
            {
                history.Surprise($"{told.Id} ({told.Name}) was answered {(int)status}: {body}");
                continue;
            }

            var log = told.Kind == CallKind.BackgroundStream
                ? await client.ReadAsync(HttpMethod.Get, $"/v1/responses/{told.Id}?stream=true", null, null, after: -1, _ => false)
                : null;
            final[told.Id] = new FinalState((string)JsonNode.Parse(body)!["status"]!, body, log);
        }

        return final;
    }
}
