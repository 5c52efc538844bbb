using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;

namespace AiGateway.Configuration;

/// <summary>
/// The gateway's settings as they are now. Reads the section <c>Gateway</c>, and again when the configuration changes:
/// a wrong configuration stops the start, a wrong reload is logged and the old settings stay.
/// </summary>
/// <remarks>
/// With neither providers nor models in the section, the built-in provider <c>demo</c> serves the model <c>demo</c>; and where
/// <c>OPENAI_API_KEY</c> or <c>OPENAI_BASE_URL</c> is set, a provider <c>openai</c> serves every other name (<c>*</c>). Its address is
/// <c>OPENAI_BASE_URL</c>, else <c>https://api.openai.com/v1</c>; anywhere but at api.openai.com it is taken to speak chat,
/// embeddings and images only. <c>LLM_MODEL</c> names a model of it that is listed at <c>GET /v1/models</c>.
/// </remarks>
public sealed partial class GatewayConfiguration : IDisposable
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Gateway";

    // One edit can touch several files, and one file can report several changes.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);

    private readonly IConfiguration? _configuration;
    private readonly Func<string, string?> _environment;
    private readonly ILogger _logger;
    private readonly ITimer? _timer;
    private readonly IDisposable? _subscription;
    private readonly Lock _gate = new();
    private readonly List<Action<GatewayOptions>> _listeners = [];
    private volatile GatewayOptions _current;
    private bool _disposed;

    /// <summary>Reads the settings and follows their changes.</summary>
    /// <param name="configuration">The root, which holds the section <c>Gateway</c>.</param>
    /// <param name="logger">Where reloads are reported.</param>
    /// <param name="time">Times the short wait after a change; null for the system's.</param>
    /// <param name="environment">Looks an environment variable up; null for the process's environment.</param>
    /// <exception cref="GatewayConfigurationException">The configuration is wrong.</exception>
    public GatewayConfiguration(
        IConfiguration configuration,
        ILogger<GatewayConfiguration> logger,
        TimeProvider? time = null,
        Func<string, string?>? environment = null)
    {
        _configuration = configuration;
        _logger = logger;
        _environment = environment ?? Environment.GetEnvironmentVariable;
        _current = Read(configuration, _environment);
        _timer = (time ?? TimeProvider.System).CreateTimer(static self => ((GatewayConfiguration)self!).Reload(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _subscription = ChangeToken.OnChange(configuration.GetReloadToken, () => _timer.Change(Quiet, Timeout.InfiniteTimeSpan));
    }

    /// <summary>Takes settings made in code. They do not change, and <c>${NAME}</c> in them is not replaced.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="environment">Looks an environment variable up, for the defaults; null for the process's environment.</param>
    /// <exception cref="GatewayConfigurationException">The settings are wrong.</exception>
    public GatewayConfiguration(GatewayOptions options, Func<string, string?>? environment = null)
    {
        _environment = environment ?? Environment.GetEnvironmentVariable;
        _logger = NullLogger.Instance;
        _current = Complete(options, _environment, new SettingPaths(), []);
    }

    /// <summary>The settings, valid and with the defaults put in.</summary>
    public GatewayOptions Current => _current;

    /// <summary>Reads and checks the section once.</summary>
    /// <param name="configuration">The root, which holds the section <c>Gateway</c>.</param>
    /// <param name="environment">Looks an environment variable up; null for the process's environment.</param>
    /// <returns>The settings, valid and with the defaults put in.</returns>
    /// <exception cref="GatewayConfigurationException">The configuration is wrong.</exception>
    public static GatewayOptions Read(IConfiguration configuration, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        var problems = new List<string>();
        var paths = new SettingPaths();
        var options = new SettingsBinder(environment, paths, problems).Bind<GatewayOptions>(configuration.GetSection(SectionName));
        return Complete(options, name => configuration[name] ?? environment(name), paths, problems);
    }

    /// <summary>Calls back after each change, one change at a time.</summary>
    /// <param name="listener">Gets the new settings. What it throws is logged.</param>
    /// <returns>Ends the calls when disposed.</returns>
    public IDisposable OnChange(Action<GatewayOptions> listener)
    {
        lock (_gate)
            _listeners.Add(listener);
        return new Listening(this, listener);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _subscription?.Dispose();
        _timer?.Dispose();
        lock (_gate)
            _disposed = true;
    }

    private static GatewayOptions Complete(GatewayOptions options, Func<string, string?> variable, SettingPaths paths, List<string> problems)
    {
        // What could not be read would only be reported a second time, as missing.
        if (problems.Count == 0)
            options = DefaultSetup.Apply(options, variable, problems);
        if (problems.Count == 0)
            GatewayOptionsValidator.Validate(options, paths, problems);
        return problems.Count == 0 ? options : throw new GatewayConfigurationException(problems);
    }

    private void Reload()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            try
            {
                var options = Read(_configuration!, _environment);
                if (options == _current)
                    return;
                _current = options;
            }
            catch (GatewayConfigurationException e)
            {
                LogRefused(e.Message);
                return;
            }
            catch (Exception e)
            {
                // On a timer's thread: thrown on, it would end the process.
                LogFailed(e);
                return;
            }

            foreach (var listener in _listeners)
            {
                try
                {
                    listener(_current);
                }
                catch (Exception e)
                {
                    LogFailed(e);
                }
            }

            // Who reads this may rely on it: a call that comes now is served by the new settings.
            LogReloaded(_current.Providers.Count, _current.Models.Count);
        }
    }

    [LoggerMessage(100, LogLevel.Information, "The configuration was reloaded: {Providers} providers, {Models} models")]
    private partial void LogReloaded(int providers, int models);

    [LoggerMessage(101, LogLevel.Error, "The changed configuration was refused, and the old one stays:\n{Problems}")]
    private partial void LogRefused(string problems);

    [LoggerMessage(102, LogLevel.Error, "The changed configuration could not be put in force")]
    private partial void LogFailed(Exception exception);

    private sealed class Listening(GatewayConfiguration owner, Action<GatewayOptions> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._gate)
                owner._listeners.Remove(listener);
        }
    }
}
