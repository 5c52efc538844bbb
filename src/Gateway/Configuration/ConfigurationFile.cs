using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace AiGateway.Configuration;

/// <summary>
/// A JSON file as a configuration source that is read again when it changes. Unlike the framework's source, a file that
/// is broken, half-written or gone leaves the values as they were, instead of leaving none.
/// </summary>
/// <param name="path">The file; a relative path is taken from the working directory.</param>
/// <param name="optional">Whether the file may be missing at the start.</param>
/// <param name="time">Times the reading; null for the system's.</param>
public sealed class ConfigurationFile(string path, bool optional = false, TimeProvider? time = null) : IConfigurationSource
{
    /// <summary>The absolute path.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Whether the file may be missing at the start.</summary>
    public bool Optional => optional;

    /// <summary>Told why a changed file was not taken. Null: nobody is told.</summary>
    public Action<string>? Refused { get; set; }

    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new ConfigurationFileProvider(this, time ?? TimeProvider.System);

    /// <summary>The file's settings by their full names.</summary>
    /// <param name="json">The file's bytes.</param>
    /// <returns>Names and values.</returns>
    /// <exception cref="GatewayConfigurationException">Not a JSON object; the message names file and line.</exception>
    internal Dictionary<string, string?> Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            // Editors on Windows begin a file with a byte order mark.
            if (json.Span.StartsWith("\uFEFF"u8))
                json = json[3..];
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new GatewayConfigurationException([$"{Path} must hold a JSON object, such as {{ \"Gateway\": {{ … }} }}."]);
            var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            Flatten(document.RootElement, "", settings);
            return settings;
        }
        catch (JsonException e)
        {
            throw new GatewayConfigurationException([$"{Path}, line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}: not valid JSON: {Reason(e)}"], e);
        }
    }

    private void Flatten(JsonElement element, string name, Dictionary<string, string?> settings)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when element.EnumerateObject().Any():
                foreach (var property in element.EnumerateObject())
                    Flatten(property.Value, Join(name, property.Name), settings);
                return;
            case JsonValueKind.Array when element.GetArrayLength() > 0:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                    Flatten(item, Join(name, index++.ToString(CultureInfo.InvariantCulture)), settings);
                return;
        }

        // An empty list says none, which is not the same as saying nothing.
        var value = element.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Object or JsonValueKind.Array => "",
            _ => element.ToString(),
        };
        if (name.Length > 0 && !settings.TryAdd(name, value))
            throw new GatewayConfigurationException([$"{name} is given twice in {Path}."]);
    }

    private static string Join(string name, string key) => name.Length == 0 ? key : ConfigurationPath.Combine(name, key);

    // The position is said already, in numbers that count from one.
    private static string Reason(JsonException e)
    {
        var at = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return at < 0 ? e.Message : e.Message[..at];
    }
}
