using System.Text;
using AiGateway.Caching;
using AiGateway.Configuration;
using AiGateway.Protocol;
using Xunit;

namespace AiGateway.Tests.Caching;

/// <summary>Which requests would be answered alike.</summary>
public sealed class RepeatableTests
{
    [Theory]
    [InlineData(ApiKind.Embeddings, """{"input":"x"}""", true)]
    [InlineData(ApiKind.Chat, """{"temperature":0}""", true)]
    [InlineData(ApiKind.Chat, """{"temperature":0.0e5}""", true)]
    [InlineData(ApiKind.Chat, """{"seed":1}""", true)]
    [InlineData(ApiKind.Chat, """{"temperature":"0"}""", false)]
    [InlineData(ApiKind.Chat, """{"temperature":null,"seed":null}""", false)]
    [InlineData(ApiKind.Chat, """{"x":{"temperature":0}}""", false)]
    [InlineData(ApiKind.Chat, """{"temperature":0,"temperature":1}""", false)]
    [InlineData(ApiKind.Chat, """{"t\u0065mperature":0}""", true)]
    [InlineData(ApiKind.Chat, """{"temperature":0,"store":true}""", false)]
    [InlineData(ApiKind.Chat, """{"temperature":0,"store":null}""", true)]
    [InlineData(ApiKind.Chat, """{"temperature":0,"stream":true}""", false)]
    [InlineData(ApiKind.Chat, """{"temperature":0,"tools":[{"type":"function","function":{"name":"f"}}]}""", true)]
    [InlineData(ApiKind.Chat, """{"temperature":0,"tools":[{"type":"function"},{"type":"web_search"}]}""", false)]
    [InlineData(ApiKind.Chat, """{"temperature":0,"tools":[1]}""", false)]
    [InlineData(ApiKind.Responses, """{"temperature":0}""", false)]
    [InlineData(ApiKind.Responses, """{"temperature":0,"store":false}""", true)]
    [InlineData(ApiKind.Responses, """{"temperature":0,"store":null}""", false)]
    [InlineData(ApiKind.Responses, """{"temperature":0,"store":false,"previous_response_id":null}""", true)]
    [InlineData(ApiKind.Responses, """{"temperature":0,"store":false,"previous_response_id":"resp_1"}""", false)]
    [InlineData(ApiKind.Responses, """{"temperature":0,"store":false,"conversation":{"id":"c"}}""", false)]
    [InlineData(ApiKind.Responses, """{"temperature":0,"store":false,"include":["reasoning.encrypted_content"]}""", false)]
    [InlineData(ApiKind.Responses, """{"temperature":0,"store":false,"context_management":[]}""", false)]
    public void A_request_is_repeatable_or_not(ApiKind api, string body, bool expected) => Assert.Equal(expected, Repeatable.Is(api, Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData(null, false, false, false, false, null)]
    [InlineData("", false, false, false, false, null)]
    [InlineData("no-store", true, false, false, false, null)]
    [InlineData(" No-Cache , max-age = 5", false, true, false, false, 5)]
    [InlineData("max-age=\"7\"", false, false, false, false, 7)]
    [InlineData("max-age=soon", false, false, false, false, 0)]
    [InlineData("max-age", false, false, false, false, null)]
    [InlineData("max-age=99999999999999999999", false, false, false, false, 0)]
    [InlineData("no-storefront, x=no-store", false, false, false, false, null)]
    [InlineData("Only-If-Cached, private=\"x-one\"", false, false, true, true, null)]
    public void Cache_control_is_read(string? header, bool noStore, bool noCache, bool onlyIfCached, bool isPrivate, int? maxAge) =>
        Assert.Equal(new CacheDirectives(noStore, noCache, onlyIfCached, isPrivate, maxAge is { } s ? TimeSpan.FromSeconds(s) : null), CacheDirectives.Read(header));

    [Fact]
    public void Wrong_settings_are_refused()
    {
        var options = new GatewayOptions
        {
            Cache = new CacheOptions { Apis = ["chat", "images"], MaxBytes = -1, MaxEntryBytes = 0, Ttl = TimeSpan.Zero },
            Telemetry = new TelemetryOptions { Key = "a b\n", OtlpEndpoint = "collector:4317" },
        };
        Assert.Equal(
            [
                "Gateway:Telemetry:Key must hold printable ASCII characters only (is there a line break at its end?).",
                "Gateway:Telemetry:OtlpEndpoint must be an absolute http or https URL.",
                "Gateway:Cache:Apis:1 must be 'embeddings', 'chat' or 'responses'.",
                "Gateway:Cache:MaxBytes must not be negative; 0 keeps nothing.",
                "Gateway:Cache:MaxEntryBytes must be at least 1.",
                "Gateway:Cache:Ttl must be longer than zero.",
            ],
            Assert.Throws<GatewayConfigurationException>(() => new GatewayConfiguration(options)).Problems);
    }
}
