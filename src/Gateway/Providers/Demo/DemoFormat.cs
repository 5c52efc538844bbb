using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Providers.Demo;

/// <summary>The form that the text has to take.</summary>
/// <param name="IsJson">Whether it has to be a JSON object.</param>
/// <param name="Schema">The schema that it has to satisfy; null for none.</param>
internal sealed record DemoFormat(bool IsJson, JsonElement? Schema)
{
    /// <summary>Reads a request's <c>response_format</c>.</summary>
    /// <param name="format">The field; null for none.</param>
    /// <exception cref="GatewayException">It is none of the API's.</exception>
    public static DemoFormat Read(JsonElement? format)
    {
        if (format is not { } value)
            return new DemoFormat(false, null);
        if (value.ValueKind != JsonValueKind.Object)
            throw new GatewayException(GatewayErrors.WrongType("response_format", "an object", JsonKind.Of(value)));
        if (DemoBody.Find(value, "type") is not { } type)
            throw new GatewayException(GatewayErrors.Missing("response_format.type"));
        switch (DemoBody.AsText(type, "response_format.type"))
        {
            case "text":
                return new DemoFormat(false, null);
            case "json_object":
                return new DemoFormat(true, null);
            case "json_schema":
                if (DemoBody.Find(value, "json_schema") is not { } wrapper)
                    throw new GatewayException(GatewayErrors.Missing("response_format.json_schema"));
                if (DemoBody.Find(wrapper, "name") is null)
                    throw new GatewayException(GatewayErrors.Missing("response_format.json_schema.name"));
                return new DemoFormat(true, DemoBody.Find(wrapper, "schema"));
            case var other:
                throw new GatewayException(GatewayErrors.WrongValue(
                    "response_format.type", $"Invalid value: '{other}'. Supported values are: 'text', 'json_object', and 'json_schema'."));
        }
    }
}
