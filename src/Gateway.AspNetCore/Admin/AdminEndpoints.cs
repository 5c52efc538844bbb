using System.Globalization;
using AiGateway.Protocol;
using AiGateway.Tenants.Administration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AiGateway.AspNetCore.Admin;

/// <summary>From HTTP to the administration of tenants and keys.</summary>
internal sealed class AdminEndpoints(AdminEntry entry, KeyAdministration keys, TenantAdministration tenants, UsageEndpoint usage)
{
    public void Map(RouteGroupBuilder group)
    {
        var admin = group.MapGroup("/admin").ExcludeFromDescription();
        admin.MapMethods("/keys", (HttpMethods.Get, ListAsync), (HttpMethods.Post, c => entry.InvokeAsync(c, keys.CreateAsync)));
        admin.MapMethods(
            "/keys/{id}",
            (HttpMethods.Get, c => entry.InvokeAsync(c, _ => new(keys.Find(Id(c))))),
            (HttpMethods.Post, c => entry.InvokeAsync(c, (body, token) => keys.UpdateAsync(Id(c), body, token))),
            (HttpMethods.Delete, c => entry.InvokeAsync(c, token => keys.RevokeAsync(Id(c), token))));
        admin.MapMethods("/keys/{id}/rotate", (HttpMethods.Post, c => entry.InvokeAsync(c, (body, token) => keys.RotateAsync(Id(c), body, token))));
        admin.MapMethods("/keys/{id}/revoke", (HttpMethods.Post, c => entry.InvokeAsync(c, token => keys.RevokeAsync(Id(c), token))));
        admin.MapMethods("/keys/{id}/disable", (HttpMethods.Post, c => entry.InvokeAsync(c, token => keys.DisableAsync(Id(c), true, token))));
        admin.MapMethods("/keys/{id}/enable", (HttpMethods.Post, c => entry.InvokeAsync(c, token => keys.DisableAsync(Id(c), false, token))));
        admin.MapMethods(
            "/tenants",
            (HttpMethods.Get, c => entry.InvokeAsync(c, _ => new(tenants.List()))),
            (HttpMethods.Post, c => entry.InvokeAsync(c, tenants.CreateAsync)));
        admin.MapMethods(
            "/tenants/{id}",
            (HttpMethods.Get, c => entry.InvokeAsync(c, _ => new(tenants.Find(Id(c))))),
            (HttpMethods.Post, c => entry.InvokeAsync(c, (body, token) => tenants.UpdateAsync(Id(c), body, token))));
        admin.MapMethods("/usage", (HttpMethods.Get, usage.GetAsync));
        admin.Map("/{**path}", c => entry.InvokeAsync(c, _ => throw new GatewayException(GatewayErrors.UnknownUrl(c.Request.Method, c.Request.Path))));
    }

    private Task ListAsync(HttpContext context) => entry.InvokeAsync(context, _ =>
    {
        var query = context.Request.Query;
        if (!int.TryParse((string?)query["limit"] ?? "20", NumberStyles.None, CultureInfo.InvariantCulture, out var limit))
            limit = 0;
        return new(keys.List(query["tenant"], query["after"], limit));
    });

    private static string Id(HttpContext context) => Uri.UnescapeDataString((string)context.Request.RouteValues["id"]!);
}
