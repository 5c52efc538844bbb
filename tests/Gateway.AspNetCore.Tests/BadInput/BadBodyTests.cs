using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.BadInput;

public sealed class BadBodyTests
{
    [Theory]
    [MemberData(nameof(Call.Paths), MemberType = typeof(Call))]
    public async Task What_is_no_JSON_object_is_400_and_reaches_no_provider(string name)
    {
        string[] bodies =
        [
            "", " ", "{", "{\"model\":", "{\"model\":\"m\"", "nonsense", "[]", "[{\"model\":\"m\"}]", "\"text\"", "17", "null", "true",
            "{'model':'m'}", "{\"model\":\"m\",}", "{\"model\":\"m\"} // and more", "\u0001", "{\"model\":\"\\ud800\",}",
        ];
        await WithAsync(name, async (call, gateway) =>
        {
            foreach (var body in bodies)
            {
                using var response = await gateway.PostAsync(call.Path, body);
                var error = await ErrorBody.ReadAsync(response, HttpStatusCode.BadRequest);
                Assert.Equal("invalid_request_error", error.Type);
                Assert.Equal("invalid_json", error.Code);
                Assert.Null(error.Param);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Call.Paths), MemberType = typeof(Call))]
    public async Task What_follows_the_object_is_400(string name)
    {
        string[] tails = ["{}", "x", ",", "}", "[1]", " {\"model\":\"other\"}", "\0"];
        await WithAsync(name, async (call, gateway) =>
        {
            foreach (var tail in tails)
            {
                using var response = await gateway.PostAsync(call.Path, call.Body + tail);
                Assert.Equal("invalid_json", (await ErrorBody.ReadAsync(response, HttpStatusCode.BadRequest)).Code);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Call.Paths), MemberType = typeof(Call))]
    public async Task Invalid_UTF8_is_400_wherever_it_stands(string name)
    {
        await WithAsync(name, async (call, gateway) =>
        {
            byte[][] wrong = [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xe2, 0x82]];
            foreach (var bytes in wrong)
            {
                byte[] inText = [.. "{\"user\":\""u8, .. bytes, .. "\","u8, .. Encoding.UTF8.GetBytes(call.Body[1..])];
                byte[] inContent = [.. Encoding.UTF8.GetBytes(call.Body[..call.Body.LastIndexOf('i')]), .. bytes, .. Encoding.UTF8.GetBytes(call.Body[call.Body.LastIndexOf('i')..])];
                byte[] inModel = [.. Encoding.UTF8.GetBytes(call.Body.Replace("\"m\"", "\"m", StringComparison.Ordinal)[..11]), .. bytes, .. "\"}"u8];
                foreach (var body in new[] { inText, inContent, inModel })
                {
                    using var response = await PostBytesAsync(gateway, call.Path, body);
                    await ErrorBody.ReadAsync(response, HttpStatusCode.BadRequest);
                }
            }
        });
    }

    [Theory]
    [MemberData(nameof(Call.Paths), MemberType = typeof(Call))]
    public async Task A_body_that_nests_too_deep_is_400_and_one_at_the_bound_is_not(string name)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        var call = Call.Of(name);
        await using var gateway = await call.StartAsync(upstream);

        foreach (var depth in new[] { 64, 100, 200_000 })
        {
            var deep = $$"""{"extra":{{new string('[', depth)}}{{new string(']', depth)}},{{call.Body[1..]}}""";
            using var response = await gateway.PostAsync(call.Path, deep);
            var error = await ErrorBody.ReadAsync(response, HttpStatusCode.BadRequest);
            Assert.Contains("deeper", error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(upstream.Requests);
        if (call.IsResponses)
            return;
        var fits = $$"""{"extra":{{new string('[', 62)}}{{new string(']', 62)}},{{call.Body[1..]}}""";
        await gateway.PostJsonAsync(call.Path, fits);
        Assert.Single(upstream.Requests);
    }

    [Theory]
    [MemberData(nameof(Call.Paths), MemberType = typeof(Call))]
    public async Task What_routing_reads_may_be_said_once(string name)
    {
        await WithAsync(name, async (call, gateway) =>
        {
            foreach (var (field, first) in new[] { ("model", "\"other\""), ("stream", "true,\"stream\":false"), ("mod\\u0065l", "\"other\"") })
            {
                using var response = await gateway.PostAsync(call.Path, $$"""{"{{field}}":{{first}},{{call.Body[1..]}}""");
                var error = await ErrorBody.ReadAsync(response, HttpStatusCode.BadRequest);
                Assert.Equal(field == "stream" ? "stream" : "model", error.Param);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Call.Paths), MemberType = typeof(Call))]
    public async Task A_wrong_type_is_400_and_names_the_parameter(string name)
    {
        await WithAsync(name, async (call, gateway) =>
        {
            (string Field, string Value, string Param)[] cases =
            [
                ("model", "5", "model"), ("model", "{}", "model"), ("model", "[\"m\"]", "model"), ("model", "true", "model"),
                ("stream", "\"true\"", "stream"), ("stream", "1", "stream"), ("stream", "{}", "stream"),
                ("stream_options", "7", "stream_options"), ("stream_options", "[]", "stream_options"), ("stream_options", "\"x\"", "stream_options"),
            ];
            foreach (var (field, value, param) in cases)
            {
                var body = JsonNode.Parse(call.Body)!.AsObject();
                body[field] = JsonNode.Parse(value);
                using var response = await gateway.PostAsync(call.Path, body.ToJsonString());
                var error = await ErrorBody.ReadAsync(response, HttpStatusCode.BadRequest);
                Assert.Equal(("invalid_request_error", "invalid_type", param), (error.Type, error.Code, error.Param));
                Assert.Contains($"'{param}'", error.Message, StringComparison.Ordinal);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Call.Paths), MemberType = typeof(Call))]
    public async Task A_missing_field_is_400_and_named(string name)
    {
        await WithAsync(name, async (call, gateway) =>
        {
            string[] fields = call.IsResponses ? ["model"] : ["model", call.ContentField];
            foreach (var field in fields)
            {
                foreach (var value in new[] { null, "null" })
                {
                    var body = JsonNode.Parse(call.Body)!.AsObject();
                    body.Remove(field);
                    if (value is not null)
                        body[field] = null;
                    using var response = await gateway.PostAsync(call.Path, body.ToJsonString());
                    var error = await ErrorBody.ReadAsync(response, HttpStatusCode.BadRequest);
                    Assert.Equal(("missing_required_parameter", field), (error.Code, error.Param));
                }
            }

            using var empty = await gateway.PostAsync(call.Path, "{}");
            Assert.Equal("model", (await ErrorBody.ReadAsync(empty, HttpStatusCode.BadRequest)).Param);
        });
    }

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task An_unknown_model_is_404_model_not_found(string name)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        var call = Call.Of(name);
        await using var gateway = await call.StartAsync(
            upstream, options: o => o with { Models = [new() { Name = "known", Provider = "up" }, new() { Name = "gpt-*", Provider = "up" }] });

        using var response = await call.SendAsync(gateway);

        var error = await ErrorBody.ReadAsync(response, HttpStatusCode.NotFound);
        Assert.Equal(("invalid_request_error", "model_not_found", "model"), (error.Type, error.Code, error.Param));
        Assert.Contains("'m'", error.Message, StringComparison.Ordinal);
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [MemberData(nameof(Call.Paths), MemberType = typeof(Call))]
    public async Task A_body_over_the_limit_is_413_by_its_length_or_by_its_chunks(string name)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        var call = Call.Of(name);
        await using var gateway = await call.StartAsync(upstream, options: o => o with { MaxRequestBodyBytes = 1000 });

        foreach (var (length, chunked) in new[] { (1001, false), (1001, true), (300_000, false), (300_000, true) })
        {
            using var response = await PostBytesAsync(gateway, call.Path, Padded(call, length), chunked);
            var error = await ErrorBody.ReadAsync(response, HttpStatusCode.RequestEntityTooLarge);
            Assert.Equal("request_too_large", error.Code);
            Assert.Contains("1000", error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(upstream.Requests);
        foreach (var chunked in new[] { false, true })
        {
            using var response = await PostBytesAsync(gateway, call.Path, Padded(call, 1000), chunked);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Theory]
    [MemberData(nameof(Call.Paths), MemberType = typeof(Call))]
    public async Task A_body_over_Kestrels_own_limit_but_under_ours_is_taken(string name)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        var call = Call.Of(name);
        await using var gateway = await call.StartAsync(upstream);

        using var response = await PostBytesAsync(gateway, call.Path, Padded(call, 31 * 1024 * 1024));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static byte[] Padded(Call call, int length) => Encoding.UTF8.GetBytes(call.Body[..^1].PadRight(length - 1) + "}");

    private static Task<HttpResponseMessage> PostBytesAsync(TestGateway gateway, string path, byte[] body, bool chunked = false)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TransferEncodingChunked = chunked;
        return gateway.Client.SendAsync(request);
    }

    private static async Task WithAsync(string name, Func<Call, TestGateway, Task> test)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        var call = Call.Of(name);
        await using var gateway = await call.StartAsync(upstream);
        await test(call, gateway);
        Assert.Empty(upstream.Requests);
    }
}
