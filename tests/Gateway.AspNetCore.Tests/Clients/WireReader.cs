using System.Text;
using AiGateway.AspNetCore.Tests.Harness;

namespace AiGateway.AspNetCore.Tests.Clients;

/// <summary>Reads an answer's bytes as they come, and no faster than it is told to.</summary>
public sealed class WireReader(HttpResponseMessage response)
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly StringBuilder _text = new();
    private Stream? _stream;

    /// <summary>What came so far.</summary>
    public string Text => _text.ToString();

    /// <summary>Reads until the text has come, and fails where the answer ends or nothing comes before it.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        while (!Text.Contains(text, StringComparison.Ordinal))
            Assert.True(await ReadMoreAsync() > 0, $"The answer ended without '{text}': {Text}");
        return Text;
    }

    /// <summary>Reads so many bytes at least, and forgets what came before.</summary>
    public async Task ReadAsync(long bytes)
    {
        while (bytes > 0)
        {
            _text.Clear();
            var count = await ReadMoreAsync();
            Assert.True(count > 0, $"The answer ended: {Text}");
            bytes -= count;
        }
    }

    public async Task<string> ReadToEndAsync()
    {
        while (await ReadMoreAsync() > 0)
        {
        }

        return Text;
    }

    private async Task<int> ReadMoreAsync()
    {
        _stream ??= await response.Content.ReadAsStreamAsync();
        var count = await _stream.ReadAsync(_buffer).AsTask().WaitAsync(Waits.Deadline);
        _text.Append(Encoding.UTF8.GetString(_buffer, 0, count));
        return count;
    }
}
