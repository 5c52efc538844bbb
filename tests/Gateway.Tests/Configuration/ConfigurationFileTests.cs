using AiGateway.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace AiGateway.Tests.Configuration;

public sealed class ConfigurationFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"aigateway-{Guid.NewGuid():N}.json");
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _refused = [];

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_change_is_taken_once_the_file_stands_still()
    {
        File.WriteAllText(_path, """{ "a": 1, }  // a comment""");
        var root = Open();
        var reloads = 0;
        using var watching = Microsoft.Extensions.Primitives.ChangeToken.OnChange(root.GetReloadToken, () => reloads++);

        File.WriteAllText(_path, """{ "a": """);
        Tick();
        File.WriteAllText(_path, """{ "a": 2 }""");
        Tick();
        Assert.Equal(("1", 0), (root["a"], reloads));
        Tick();
        Tick();

        Assert.Equal(("2", 1), (root["a"], reloads));
        Assert.Empty(_refused);
    }

    [Fact]
    public void A_broken_change_is_refused_once_and_the_old_values_stay()
    {
        File.WriteAllText(_path, """{ "a": 1 }""");
        var root = Open();

        File.WriteAllText(_path, "{\n \"a\": }");
        Tick();
        Tick();
        Tick();

        Assert.Equal("1", root["a"]);
        Assert.StartsWith($"{_path}, line 2, column 7: not valid JSON: ", Assert.Single(_refused), StringComparison.Ordinal);

        File.WriteAllText(_path, """{ "a": 3 }""");
        Tick();
        Tick();
        Assert.Equal("3", root["a"]);
    }

    [Fact]
    public void A_file_that_is_gone_leaves_its_values()
    {
        File.WriteAllText(_path, """{ "a": 1 }""");
        var root = Open();

        File.Delete(_path);
        Tick();
        Tick();

        Assert.Equal("1", root["a"]);
        Assert.Equal($"{_path} cannot be read any more: it is gone.", Assert.Single(_refused));
    }

    [Fact]
    public void A_missing_file_stops_the_start_unless_it_is_optional()
    {
        Assert.Equal($"{_path} cannot be read: there is no such file.", Assert.Throws<GatewayConfigurationException>(() => Open()).Message);

        var root = Open(optional: true);
        File.WriteAllText(_path, """{ "a": 1 }""");
        Tick();
        Tick();
        Assert.Equal("1", root["a"]);
    }

    [Theory]
    [InlineData("[]", "must hold a JSON object")]
    [InlineData("", ", line 1, column 1: not valid JSON: ")]
    [InlineData("""{ "a": 1, "A": 2 }""", "A is given twice in ")]
    public void What_is_no_settings_file_stops_the_start(string content, string problem)
    {
        File.WriteAllText(_path, content);
        Assert.Contains(problem, Assert.Throws<GatewayConfigurationException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nested_names_are_joined_and_a_byte_order_mark_is_skipped()
    {
        File.WriteAllText(_path, "\uFEFF" + """{ "a": { "b": [ "x", { "c": true } ], "n": null, "e": [] } }""");
        var root = Open();
        Assert.Equal(("x", "True", null, ""), (root["a:b:0"], root["a:b:1:c"], root["a:n"], root["a:e"]));
    }

    private IConfigurationRoot Open(bool optional = false) =>
        new ConfigurationBuilder().Add(new ConfigurationFile(_path, optional, _time) { Refused = _refused.Add }).Build();

    private void Tick() => _time.Advance(TimeSpan.FromSeconds(1));
}
