using System.Text;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Embedded.Sqlite;
using AiGateway.Upstream;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.Responses;

/// <summary>What a stream's client gets while the end of its response is not kept yet.</summary>
public sealed class KeptStreamTests
{
    private const string Chat =
        """
        data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"},"finish_reason":null}]}

        data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

        data: [DONE]


        """;

    private const string Native =
        """
        event: response.created
        data: {"type":"response.created","sequence_number":0,"response":{"id":"r","object":"response","created_at":1,"status":"in_progress","model":"m","output":[]}}

        event: response.output_item.added
        data: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"i","type":"message","role":"assistant","status":"in_progress","content":[]}}

        event: response.output_text.delta
        data: {"type":"response.output_text.delta","sequence_number":2,"output_index":0,"item_id":"i","content_index":0,"delta":"Hello"}

        event: response.completed
        data: {"type":"response.completed","sequence_number":3,"response":{"id":"r","object":"response","created_at":1,"status":"completed","model":"m","output":[{"id":"i","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hello","annotations":[]}]}]}}


        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Text_does_not_wait_for_the_end_to_be_kept_and_the_terminal_event_does(bool native)
    {
        // All of it comes at once, so that nothing else sends the text on its way.
        var script = Script.Sse().Send(Encoding.UTF8.GetBytes((native ? Native : Chat).ReplaceLineEndings("\n")));
        await using var served = native ? await Served.NativelyAsync(script) : await Served.ByChatAsync(script);
        using var release = new ManualResetEventSlim();
        var held = served.Gateway.Services.GetRequiredService<SqliteDatabase>().WriteAsync(_ => release.Wait(Waits.Deadline));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses")
            {
                Content = new StringContent("""{"model":"m","input":"Hello","stream":true}""", Encoding.UTF8, "application/json"),
            };
            using var response = await served.Gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            await ReadToAsync(reader, "event: response.output_text.delta");

            release.Set();
            await ReadToAsync(reader, "event: response.completed");
        }
        finally
        {
            release.Set();
        }

        Assert.True(await held);
    }

    private static async Task ReadToAsync(StreamReader reader, string line)
    {
        while (await reader.ReadLineAsync().WaitAsync(Waits.Deadline) is { } read)
        {
            if (read == line)
                return;
        }

        Assert.Fail($"The stream ended without '{line}'.");
    }
}
