namespace AiGateway.Configuration;

/// <summary>
/// Remembers where each bound object came from. Lists may have gaps or named entries
/// (<c>Gateway__Providers__openai__BaseUrl</c>), so that an index alone could name the wrong setting.
/// </summary>
internal sealed class SettingPaths
{
    private readonly Dictionary<object, string> _paths = new(ReferenceEqualityComparer.Instance);

    public void Add(object bound, string path) => _paths[bound] = path;

    public string Of(object bound, string list, int index) =>
        _paths.TryGetValue(bound, out var path) ? path : $"{GatewayConfiguration.SectionName}:{list}:{index}";
}
