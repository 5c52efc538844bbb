using System.Buffers;
using System.Text.Json;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Routing;
using AiGateway.Tenants;

namespace AiGateway.Pipeline;

/// <summary>Serves <c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>: the configured names, and what providers list of the names that a pattern covers.</summary>
internal sealed class ModelsHandler(ModelRegistry registry, ProviderModels providerModels, ModelAccess access, Exchange exchange) : IApiHandler
{
    public ApiKind Api => ApiKind.Models;

    public async ValueTask HandleAsync(GatewayCall call, CallOutput output, CancellationToken cancellationToken)
    {
        var body = ((ModelsRequest)call.Request).Id is { } id
            ? Render(json => Write(json, access.Allows(call, id) ? Find(id) : throw new GatewayException(GatewayErrors.ModelNotFound(id))))
            : Render([.. (await ListAsync(cancellationToken)).Where(model => access.Allows(call, model.Id))]);
        await exchange.WriteAsync(call, body, output, cancellationToken);
    }

    // A name that a pattern covers can be asked for, whether or not its provider lists it.
    private ModelInfo Find(string id)
    {
        var table = registry.Table;
        if (table.Models.FirstOrDefault(m => string.Equals(m.Id, id, StringComparison.Ordinal)) is { } known)
            return known;
        var route = table.Resolve(id);
        return new ModelInfo(id, 0, route.Provider.Options.Name);
    }

    private async ValueTask<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellationToken)
    {
        var table = registry.Table;
        var models = table.Models.ToList();
        var names = models.Select(m => m.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var pattern in table.Patterns)
        {
            for (var i = 0; i < pattern.Providers.Count; i++)
            {
                foreach (var (id, created) in await providerModels.ListAsync(pattern.Providers[i], cancellationToken))
                {
                    if (pattern.NameOf(id, i) is { } name && names.Add(name))
                        models.Add(new ModelInfo(name, created, pattern.Providers[i].Options.Name));
                }
            }
        }

        return models;
    }

    private static ReadOnlyMemory<byte> Render(IReadOnlyList<ModelInfo> models) => Render(json =>
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var model in models)
            Write(json, model);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static ReadOnlyMemory<byte> Render(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions))
            write(json);
        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, ModelInfo model)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, model.Id);
        json.WriteString("object"u8, "model"u8);
        json.WriteNumber("created"u8, model.Created);
        json.WriteString("owned_by"u8, model.OwnedBy);
        json.WriteEndObject();
    }
}
