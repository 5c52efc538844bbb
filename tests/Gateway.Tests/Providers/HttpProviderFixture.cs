using System.Text;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AiGateway.Tests.Providers;

/// <summary>What the tests of the HTTP provider share: limits that only a hanging test meets, and the calls they make.</summary>
internal static class HttpProviderFixture
{
    public const string Key = "sk-test-0123456789abcdef";

    public static ProviderOptions Options(string url) => new()
    {
        Name = "upstream",
        BaseUrl = url,
        ApiKey = Key,
        FirstByteTimeout = Waits.Deadline,
        IdleTimeout = Waits.Deadline,
    };

    public static HttpProvider Create(ProviderOptions options, TimeProvider? time = null) => new(options, NullLogger.Instance, time ?? TimeProvider.System);

    public static HttpProvider Create(RawServer server) => Create(Options(server.Url));

    public static ProviderCall Chat(bool stream = false, CallHeaders? headers = null, string body = """{"model":"m","messages":[]}""") => new()
    {
        Api = ApiKind.Chat,
        Body = Encoding.UTF8.GetBytes(body),
        Stream = stream,
        ClientHeaders = headers,
    };

    public static async Task<string> ReadTextAsync(this ProviderAnswer answer) =>
        Encoding.UTF8.GetString((await answer.ReadToEndAsync(1 << 20, CancellationToken.None).AsTask().WaitAsync(Waits.Deadline)).Span);

    public static async Task<ProviderFailure> FailureAsync(Func<Task> act)
    {
        var exception = await Assert.ThrowsAsync<ProviderException>(() => act().WaitAsync(Waits.Deadline));
        Assert.DoesNotContain(Key, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, exception.ToString(), StringComparison.Ordinal);
        return exception.Failure;
    }
}
