using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Protocol;
using AiGateway.Responses.Running;

namespace AiGateway.Webhooks;

/// <summary>Tells the configured endpoints: each that wants to know gets the one event.</summary>
internal sealed class WebhookNotices(GatewayConfiguration configuration, TimeProvider time) : IEndNotices
{
    public IReadOnlyList<WebhookDelivery> For(StoredResponse response, string status)
    {
        var type = "response." + status;
        var endpoints = configuration.Current.Webhooks.Where(endpoint => endpoint.Wants(type, response.Tenant)).ToList();
        if (endpoints.Count == 0)
            return [];

        var now = time.GetUtcNow();
        var id = Ids.New(Ids.Event, time);
        var body = WebhookEvent.Write(id, type, now, response.Id);
        return endpoints.ConvertAll(endpoint => new WebhookDelivery { Id = id, Endpoint = endpoint.Name, Body = body, DueAt = now });
    }
}
