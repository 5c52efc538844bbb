using AiGateway.Configuration;
using AiGateway.Protocol;
using AiGateway.Routing;
using AiGateway.Tests.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace AiGateway.Tests.Configuration;

public sealed class ReloadTests : IDisposable
{
    private readonly Settings _settings = new();
    private readonly FakeTimeProvider _time = new();
    private readonly Entries _log = new();
    private readonly FakeProviderFactory _factory = new();
    private readonly GatewayConfiguration _configuration;
    private readonly ModelRegistry _registry;

    public ReloadTests()
    {
        _settings.Put("Providers:0:Name", "a").Put("Providers:0:BaseUrl", "http://a.test").Put("Providers:0:Headers:0:Name", "X-A").Put("Providers:0:Headers:0:Value", "1")
            .Put("Providers:1:Name", "b").Put("Providers:1:BaseUrl", "http://b.test")
            .Put("Models:0:Name", "m").Put("Models:0:Provider", "a")
            .Put("Models:1:Name", "n").Put("Models:1:Provider", "b");
        _configuration = new GatewayConfiguration(new ConfigurationBuilder().Add(_settings).Build(), _log, _time, Json.Environment());
        _registry = new ModelRegistry(_configuration, _factory, _time);
    }

    public void Dispose()
    {
        _registry.Dispose();
        _configuration.Dispose();
    }

    [Fact]
    public void A_reload_makes_anew_only_the_providers_that_changed()
    {
        var (a, b) = (_registry.Resolve("m").Provider, _registry.Resolve("n").Provider);

        _settings.Put("Providers:1:BaseUrl", "http://c.test").Put("Models:0:RewriteTo", "m-2").Changed();
        Settle();

        var route = _registry.Resolve("m");
        Assert.Same(a, route.Provider);
        Assert.Equal("m-2", route.ProviderModel);
        Assert.NotSame(b, _registry.Resolve("n").Provider);
        Assert.Equal("http://c.test", _registry.Resolve("n").Provider.Options.BaseUrl);
        Assert.Equal(3, _factory.Created.Count);
        Assert.Equal(LogLevel.Information, Assert.Single(_log.All).Level);
    }

    [Fact]
    public void A_wrong_reload_is_refused_and_said_and_the_old_one_stays()
    {
        var table = _registry.Table;

        _settings.Put("Providers:1:BaseUrl", "nonsense").Put("Providers:1:ApiKey", "secret\n").Put("Models:0:Name", "x").Changed();
        Settle();

        Assert.Same(table, _registry.Table);
        Assert.Equal("m", _configuration.Current.Models[0].Name);
        var (level, text) = Assert.Single(_log.All);
        Assert.Equal(LogLevel.Error, level);
        Assert.Contains("Gateway:Providers:1:BaseUrl must be an absolute http or https URL.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);

        _settings.Put("Providers:1:BaseUrl", "http://b.test").Put("Providers:1:ApiKey", null).Changed();
        Settle();
        Assert.Equal("x", _registry.Resolve("x").ProviderModel);
    }

    [Fact]
    public void Changes_in_quick_succession_are_one_reload()
    {
        var reloads = 0;
        using var listening = _configuration.OnChange(_ => reloads++);

        for (var i = 0; i < 10; i++)
        {
            _settings.Put("Models:0:Name", $"m{i}").Changed();
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }

        Assert.Equal(0, reloads);
        Settle();
        Assert.Equal(1, reloads);
        Assert.NotNull(_registry.Table.TryResolve("m9"));
        Assert.Null(_registry.Table.TryResolve("m"));
    }

    [Fact]
    public void A_change_of_nothing_is_no_reload()
    {
        var table = _registry.Table;
        _settings.Put("Elsewhere", "x").Changed();
        _settings.Put("Elsewhere", null).Changed();
        Settle();
        Assert.Same(table, _registry.Table);
        Assert.Empty(_log.All);
    }

    [Fact]
    public void A_listener_that_throws_is_logged_and_keeps_none_from_listening()
    {
        using var first = _configuration.OnChange(_ => throw new InvalidOperationException("no"));
        var heard = new List<string>();
        var second = _configuration.OnChange(o => heard.Add(o.Models[0].Name));

        _settings.Put("Models:0:Name", "x").Changed();
        Settle();
        second.Dispose();
        _settings.Put("Models:0:Name", "y").Changed();
        Settle();

        Assert.Equal(["x"], heard);
        Assert.Equal(2, _log.All.Count(e => e.Level == LogLevel.Error));
        Assert.NotNull(_registry.Table.TryResolve("y"));
    }

    [Fact]
    public void Nothing_is_read_after_the_end()
    {
        _configuration.Dispose();
        _settings.Put("Models:0:Name", "x").Changed();
        Settle();
        Assert.Throws<GatewayException>(() => _registry.Resolve("x"));
    }

    [Fact]
    public void Providers_are_closed_at_the_end_and_not_by_a_reload()
    {
        _settings.Put("Providers:1:BaseUrl", "http://c.test").Changed();
        Settle();
        Assert.All(_factory.Created, p => Assert.False(p.IsDisposed));

        _registry.Dispose();
        Assert.Equal([true, false, true], _factory.Created.Select(p => p.IsDisposed));
    }

    private void Settle() => _time.Advance(TimeSpan.FromMilliseconds(100));

    private sealed class Settings : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public Settings Put(string name, string? value)
        {
            if (value is null)
                Data.Remove("Gateway:" + name);
            else
                Data["Gateway:" + name] = value;
            return this;
        }

        public void Changed() => OnReload();
    }

    private sealed class Entries : ILogger<GatewayConfiguration>
    {
        public List<(LogLevel Level, string Text)> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Add((logLevel, formatter(state, exception)));
    }
}
