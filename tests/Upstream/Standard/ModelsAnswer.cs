using System.Text.Json.Nodes;

namespace AiGateway.Upstream;

/// <summary>Two models in the list; every other name exists too, except those that start with <c>missing</c>.</summary>
internal static class ModelsAnswer
{
    public static Script List() => Script.Json(new JsonObject
    {
        ["object"] = "list",
        ["data"] = new JsonArray(Model("upstream-model"), Model("upstream-embedding")),
    });

    public static Script One(string path)
    {
        var id = Uri.UnescapeDataString(path[(path.IndexOf("/models/", StringComparison.Ordinal) + "/models/".Length)..]);
        return id.StartsWith("missing", StringComparison.Ordinal) ? Errors.NoSuchModel(id) : Script.Json(Model(id));
    }

    private static JsonObject Model(string id) => new()
    {
        ["id"] = id,
        ["object"] = "model",
        ["created"] = ChatCompletion.Created,
        ["owned_by"] = "upstream",
    };
}
