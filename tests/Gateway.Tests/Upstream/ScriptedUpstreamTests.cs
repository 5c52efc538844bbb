using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.Upstream;
using Xunit;

namespace AiGateway.Tests.Upstream;

/// <summary>The scripted provider is what other tests lean on: it must do what its scripts say, and notice what callers do.</summary>
public sealed class ScriptedUpstreamTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Without a drain time of zero, disposing an unfinished response keeps its connection for two seconds.
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, ResponseDrainTimeout = TimeSpan.Zero }) { Timeout = TimeSpan.FromSeconds(30) };
    private ScriptedUpstream _upstream = null!;

    public async Task InitializeAsync() => _upstream = await ScriptedUpstream.StartAsync();

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Enqueued_scripts_come_first_then_rules_then_always_then_standard_answers()
    {
        _upstream.Enqueue(Errors.RateLimited(7), Chat.Text("one")).When(r => r.Is("/embeddings"), Errors.ServerError(503));

        using var limited = await PostAsync("/chat/completions", """{"model":"m"}""");
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        Assert.Equal(7, limited.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        Assert.Equal("one", (await ChatAsync("""{"model":"m"}"""))["choices"]![0]!["message"]!["content"]!.ToString());
        using var ruled = await PostAsync("/embeddings", """{"model":"m","input":"x"}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ruled.StatusCode);
        Assert.StartsWith("Hello", (await ChatAsync("""{"model":"m"}"""))["choices"]![0]!["message"]!["content"]!.ToString(), StringComparison.Ordinal);
        _upstream.Always(Chat.Text("always"));
        Assert.Equal("always", (await ChatAsync("""{"model":"m"}"""))["choices"]![0]!["message"]!["content"]!.ToString());
    }

    [Fact]
    public async Task A_request_is_recorded_as_it_came_under_any_prefix()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _upstream.WithPath("/proxy/openai/v1/chat/completions?api-version=a%2Fb"));
        request.Headers.Add("X-Custom", "yes");
        request.Content = new StringContent("""{"model":"m","odd":1.50}""", Encoding.UTF8, "application/json");
        using var response = await _client.SendAsync(request);

        var received = await _upstream.NextRequestAsync();
        Assert.Equal("/proxy/openai/v1/chat/completions?api-version=a%2Fb", received.RawTarget);
        Assert.Equal("?api-version=a%2Fb", received.Query);
        Assert.Equal("yes", received.Header("x-custom"));
        Assert.Equal("""{"model":"m","odd":1.50}""", received.Text);
        Assert.Equal("m", received.Json["model"]!.ToString());
        await received.Completed.WaitAsync(Patience);
        Assert.False(received.Aborted.IsCompleted);
    }

    [Fact]
    public async Task A_caller_that_leaves_is_noticed_while_the_script_is_silent()
    {
        _upstream.Enqueue(Chat.Text("a b c").Take(2).Hang());
        using var response = await StreamAsync("""{"model":"m","stream":true}""");
        var received = await _upstream.NextRequestAsync();
        await _upstream.WaitUntilAsync(u => u is { ActiveRequests: 1, OpenConnections: 1 });
        Assert.False(received.Aborted.IsCompleted);

        response.Dispose();

        await received.Aborted.WaitAsync(Patience);
        await _upstream.WaitForIdleAsync();
        await _upstream.WaitForNoConnectionsAsync();
        Assert.False(received.Completed.IsCompleted);
    }

    [Fact]
    public async Task A_caller_that_gives_up_before_the_first_byte_is_noticed()
    {
        _upstream.Enqueue(Script.Silent());
        using var cancel = new CancellationTokenSource();
        var call = _client.PostAsync(_upstream.BaseUrl + "/chat/completions", new StringContent("{}"), cancel.Token);
        var received = await _upstream.NextRequestAsync();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await received.Aborted.WaitAsync(Patience);
        await _upstream.WaitForIdleAsync();
    }

    [Fact]
    public async Task A_gate_holds_the_stream_until_the_test_opens_it()
    {
        var gate = new TaskCompletionSource();
        _upstream.Enqueue(Chat.Text("a b").WaitAfter(2, gate.Task));
        using var response = await StreamAsync("""{"model":"m","stream":true}""");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await reader.ReadLineAsync();
        await reader.ReadLineAsync();
        Assert.Contains("\"content\":\"a\"", await reader.ReadLineAsync(), StringComparison.Ordinal);
        await reader.ReadLineAsync();
        var next = reader.ReadLineAsync();
        Assert.False(next.IsCompleted);

        gate.SetResult();

        Assert.Contains("\"content\":\" b\"", await next, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task A_split_stream_has_the_same_bytes_in_chunks_of_that_size(int size)
    {
        var script = Chat.Text("héllo 😀 world", "héllo ", "😀", " world").Crlf();
        _upstream.Enqueue(script, script.SplitEvery(size));
        using var whole = await PostAsync("/chat/completions", """{"stream":true}""");
        var expected = (await whole.Content.ReadAsStringAsync()).Replace("upstream-0001", "upstream-0002", StringComparison.Ordinal);

        var wire = await RawAsync("""{"stream":true}""");

        var chunks = Chunks(wire);
        Assert.Equal(expected, Encoding.UTF8.GetString([.. chunks.SelectMany(c => c)]));
        Assert.All(chunks.SkipLast(1), chunk => Assert.Equal(size, chunk.Length));
    }

    [Fact]
    public async Task Abort_resets_the_connection_behind_what_was_sent()
    {
        _upstream.Enqueue(Chat.Text("a b c").Take(3).Abort());
        using var response = await StreamAsync("""{"model":"m","stream":true}""");
        await using var stream = await response.Content.ReadAsStreamAsync();
        using var got = new MemoryStream();
        var failure = await Assert.ThrowsAnyAsync<IOException>(() => stream.CopyToAsync(got));

        Assert.IsType<SocketException>(failure.GetBaseException());
        Assert.Equal(3, Encoding.UTF8.GetString(got.ToArray()).Split("data: ").Length - 1);
        var received = await _upstream.NextRequestAsync();
        await received.Completed.WaitAsync(Patience);
        Assert.False(received.Aborted.IsCompleted);
    }

    [Fact]
    public async Task An_early_close_ends_the_body_in_order_and_a_truncated_one_does_not()
    {
        _upstream.Enqueue(Chat.Text("a b c").Take(2), Chat.Text("whole").Truncated(), Script.Raw("nonsense\r\n\r\n"), Script.Drop());
        using var early = await PostAsync("/chat/completions", """{"stream":true}""");
        Assert.DoesNotContain("[DONE]", await early.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var truncated = await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync("/chat/completions", "{}"));
        Assert.Equal(HttpRequestError.ResponseEnded, (truncated.InnerException as HttpIOException)?.HttpRequestError ?? truncated.HttpRequestError);
        var nonsense = await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync("/chat/completions", "{}"));
        Assert.Equal(HttpRequestError.InvalidResponse, nonsense.HttpRequestError);
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync("/chat/completions", "{}"));
        await _upstream.WaitForIdleAsync();
    }

    [Fact]
    public async Task A_paced_stream_loses_nothing_and_keeps_time()
    {
        const int count = 10;
        var interval = TimeSpan.FromMilliseconds(10);
        var start = Stopwatch.GetTimestamp();
        using var response = await PostAsync("/chat/completions", """{"model":"paced-10-10","stream":true,"stream_options":{"include_usage":true}}""");
        var body = await response.Content.ReadAsStringAsync();

        Assert.True(Stopwatch.GetElapsedTime(start) >= interval * (count - 1));
        Assert.All(Enumerable.Range(0, count), i => Assert.Contains($"\"content\":\"d{i} \"", body, StringComparison.Ordinal));
        Assert.Contains("\"choices\":[],\"usage\":{", body, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_timed_stream_says_when_each_delta_was_sent()
    {
        var times = new List<long> { Stopwatch.GetTimestamp() };
        using (var response = await PostAsync("/chat/completions", """{"model":"paced-3-1-timed","stream":true}"""))
        {
            var body = await response.Content.ReadAsStringAsync();
            times.AddRange(Enumerable.Range(0, 3).Select(i => long.Parse(body.Split($"\"content\":\"d{i}@")[1].Split(' ')[0], CultureInfo.InvariantCulture)));
        }

        times.Add(Stopwatch.GetTimestamp());
        Assert.Equal(times.Order(), times);
    }

    [Theory]
    [InlineData("Text")]
    [InlineData("Fragmented")]
    [InlineData("Interleaved")]
    [InlineData("Whole")]
    [InlineData("Together")]
    [InlineData("RepeatedId")]
    public async Task A_chat_stream_says_what_its_completion_says(string style)
    {
        ToolCall[] calls = [new("call_a", "f", """{"city":"Paris"}"""), new("call_b", "g", """{"n":[1,2,3]}""")];
        _upstream.Always(style == "Text"
            ? Chat.Reply(new ChatTurn { Text = "Hello there, you", Reasoning = "so and so", Logprobs = true })
            : Chat.ToolCalls((ToolCallStyle)typeof(ToolCallStyle).GetProperty(style)!.GetValue(null)!, calls));
        var whole = (await ChatAsync("""{"model":"m"}"""))["choices"]![0]!;
        var events = await EventsAsync("/chat/completions", """{"model":"m","stream":true,"stream_options":{"include_usage":true}}""");

        var deltas = events.Where(e => e["choices"]!.AsArray().Count > 0).Select(e => e["choices"]![0]!["delta"]!).ToList();
        Assert.Equal(whole["message"]!["content"]?.ToString() ?? "", string.Concat(deltas.Select(d => d["content"]?.ToString())));
        Assert.Equal(whole["message"]!["reasoning_content"]?.ToString() ?? "", string.Concat(deltas.Select(d => d["reasoning_content"]?.ToString())));
        var fragments = deltas.SelectMany(d => d["tool_calls"]?.AsArray() ?? []).ToList();
        Assert.Equal(
            whole["message"]!["tool_calls"]?.AsArray().Sum(c => c!["function"]!["arguments"]!.ToString().Length) ?? 0,
            fragments.Sum(f => f!["function"]!["arguments"]!.ToString().Length));
        Assert.Equal(style == "Whole", fragments.Count > 0 && fragments.All(f => f!["index"] is null));
        Assert.Equal(whole["finish_reason"]!.ToString(), events[^2]["choices"]![0]!["finish_reason"]!.ToString());
        Assert.Equal(17, events[^1]["usage"]!["total_tokens"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("completed")]
    [InlineData("incomplete")]
    [InlineData("failed")]
    public async Task A_native_stream_is_numbered_from_zero_and_ends_with_the_response(string status)
    {
        _upstream.Always(NativeResponses.Reply(new NativeTurn
        {
            Items = [new NativeReasoning { Summary = "I think", Content = "raw" }, new NativeFunctionCall(new("call_a", "f", "{}")), new NativeMessage("Hello there")],
            IncompleteReason = status == "incomplete" ? "max_output_tokens" : null,
            ErrorCode = status == "failed" ? "server_error" : null,
        }));
        using var whole = await PostAsync("/responses", """{"model":"m","input":"hi"}""");
        var response = (await whole.Content.ReadFromJsonAsync<JsonNode>())!;
        var events = await EventsAsync("/responses", """{"model":"m","input":"hi","stream":true}""");

        Assert.Equal(31, response.AsObject().Count);
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(e => e["sequence_number"]!.GetValue<int>()));
        Assert.Equal("response.created", events[0]["type"]!.ToString());
        Assert.Equal("response." + status, events[^1]["type"]!.ToString());
        var last = events[^1]["response"]!;
        Assert.Equal(status, last["status"]!.ToString());
        Assert.Equal(response["output"]!.ToJsonString().Replace("_0001", "_0002", StringComparison.Ordinal), last["output"]!.ToJsonString());
        Assert.Equal(
            last["output"]!.AsArray().Select(item => item!.ToJsonString()),
            events.Where(e => e["type"]!.ToString() == "response.output_item.done").Select(e => e["item"]!.ToJsonString()));
        Assert.Equal("Hello there", string.Concat(events.Where(e => e["type"]!.ToString() == "response.output_text.delta").Select(e => e["delta"])));
    }

    [Theory]
    [InlineData("""{"model":"m","stream":true}""", 22)]
    [InlineData("""{"model":"m", "stream": true, "stream_options": { "include_usage" : false }}""", 22)]
    [InlineData("""{"model":"m","stream":true,"stream_options":{"include_usage":true}}""", 23)]
    public async Task The_bench_stream_has_its_documented_length(string body, int lines)
    {
        await using var bench = await BenchUpstream.StartAsync();
        using var json = await _client.PostAsync(new Uri(bench.Address, "/v1/chat/completions"), new StringContent("""{"messages":[{"content":"\"stream\":true"}]}"""));
        Assert.Equal(43, (await json.Content.ReadFromJsonAsync<JsonNode>())!["usage"]!["total_tokens"]!.GetValue<int>());
        using var stream = await _client.PostAsync(new Uri(bench.Address, "/v1/chat/completions"), new StringContent(body));
        var text = await stream.Content.ReadAsStringAsync();
        Assert.Equal(lines - 1, Events(text).Count);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upstream_drops_connections_goes_away_and_comes_back_at_the_same_address()
    {
        using var first = await PostAsync("/chat/completions", "{}");
        Assert.Equal(1, _upstream.OpenConnections);
        _upstream.DropConnections();
        await _upstream.WaitForNoConnectionsAsync();
        using var second = await PostAsync("/chat/completions", "{}");
        Assert.Equal(2, _upstream.ConnectionsEver);

        _upstream.Enqueue(Script.Silent());
        var pending = PostAsync("/chat/completions", "{}");
        await _upstream.WaitUntilAsync(u => u.Requests.Count == 3);
        var held = _upstream.Requests[2];
        await _upstream.DisposeAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => pending);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held.Aborted.WaitAsync(Patience));
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync("/chat/completions", "{}"));

        await using var again = await ScriptedUpstream.StartAsync(new IPEndPoint(IPAddress.Loopback, _upstream.Address.Port));
        using var third = await PostAsync("/chat/completions", "{}");
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Fact]
    public async Task Dead_addresses_refuse_keep_silent_or_never_connect()
    {
        using var refused = new RefusedAddress();
        using var silent = new SilentAddress();
        using var unreachable = await UnreachableAddress.CreateAsync();
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetAsync(refused.BaseUrl));
        Assert.Equal(HttpRequestError.ConnectionError, failure.HttpRequestError);

        // Two clients, so that the limits do not race: on a busy machine the longer one can be seen first.
        using var connecting = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromMilliseconds(200) });
        using var patient = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromMilliseconds(500) };
        var neverConnected = await Assert.ThrowsAsync<TaskCanceledException>(() => connecting.GetAsync(unreachable.BaseUrl));
        Assert.Contains("ConnectTimeout", neverConnected.Message + neverConnected.InnerException?.Message, StringComparison.Ordinal);
        var neverAnswered = await Assert.ThrowsAsync<TaskCanceledException>(() => patient.GetAsync(silent.BaseUrl));
        Assert.Contains("HttpClient.Timeout", neverAnswered.Message, StringComparison.Ordinal);
    }

    private async Task<JsonNode> ChatAsync(string body)
    {
        using var response = await PostAsync("/chat/completions", body);
        return (await response.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    private Task<HttpResponseMessage> PostAsync(string path, string body) =>
        _client.PostAsync(_upstream.BaseUrl + path, new StringContent(body, Encoding.UTF8, "application/json"));

    private async Task<List<JsonNode>> EventsAsync(string path, string body)
    {
        using var response = await PostAsync(path, body);
        Assert.StartsWith("text/event-stream", response.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);
        return Events(await response.Content.ReadAsStringAsync());
    }

    private static List<JsonNode> Events(string text) =>
        [.. text.Split('\n').Where(l => l.StartsWith("data: {", StringComparison.Ordinal)).Select(l => JsonNode.Parse(l[6..])!)];

    private async Task<HttpResponseMessage> StreamAsync(string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _upstream.BaseUrl + "/chat/completions") { Content = new StringContent(body) };
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The answer's bytes as they are on the wire: an HTTP client would hide the chunks.</summary>
    private async Task<byte[]> RawAsync(string body)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, _upstream.Address.Port);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        using var wire = new MemoryStream();
        await stream.CopyToAsync(wire);
        return wire.ToArray();
    }

    private static List<byte[]> Chunks(byte[] wire)
    {
        var chunks = new List<byte[]>();
        var at = wire.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        while (true)
        {
            var line = wire.AsSpan(at).IndexOf("\r\n"u8);
            var length = Convert.ToInt32(Encoding.ASCII.GetString(wire, at, line), 16);
            if (length == 0) return chunks;
            at += line + 2;
            chunks.Add(wire[at..(at + length)]);
            at += length + 2;
        }
    }
}
