using Microsoft.Extensions.Configuration;

namespace AiGateway.Configuration;

/// <summary>
/// The values of a <see cref="ConfigurationFile"/>. Reads the file once a second rather than have it watched: that also works
/// for mounted volumes, for links that are moved, and where watches have run out.
/// </summary>
internal sealed class ConfigurationFileProvider : ConfigurationProvider, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ConfigurationFile _file;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private byte[]? _taken;
    private byte[]? _seen;

    public ConfigurationFileProvider(ConfigurationFile file, TimeProvider time)
    {
        _file = file;
        _time = time;
    }

    public override void Load()
    {
        lock (_gate)
        {
            _seen = _taken = ReadFile(out var problem);
            if (_taken is not null)
                Data = _file.Parse(_taken);
            else if (!_file.Optional || problem is not null)
                throw new GatewayConfigurationException([$"{_file.Path} cannot be read: {problem ?? "there is no such file."}"]);
            _timer ??= _time.CreateTimer(static self => ((ConfigurationFileProvider)self!).Look(), this, Interval, Interval);
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        lock (_gate)
        {
            var now = ReadFile(out var problem);
            var stable = Same(now, _seen);
            _seen = now;

            // A file that still changes is being written.
            if (!stable || Same(now, _taken))
                return;

            _taken = now;
            if (now is null)
            {
                _file.Refused?.Invoke($"{_file.Path} cannot be read any more: {problem ?? "it is gone."}");
                return;
            }

            try
            {
                Data = _file.Parse(now);
            }
            catch (GatewayConfigurationException e)
            {
                _file.Refused?.Invoke(e.Message);
                return;
            }
        }

        OnReload();
    }

    private byte[]? ReadFile(out string? problem)
    {
        problem = null;
        try
        {
            // An optional file is missing every second: no exception for that.
            return File.Exists(_file.Path) || Directory.Exists(_file.Path) ? File.ReadAllBytes(_file.Path) : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = e.Message;
            return null;
        }
    }

    private static bool Same(byte[]? one, byte[]? other) =>
        one is null || other is null ? ReferenceEquals(one, other) : one.AsSpan().SequenceEqual(other);
}
