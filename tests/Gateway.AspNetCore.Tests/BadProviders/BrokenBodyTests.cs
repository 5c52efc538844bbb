using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.BadProviders;

/// <summary>A status of 200 and then no proper answer, for calls that are not streamed.</summary>
public sealed class BrokenBodyTests
{
    [Theory]
    [MemberData(nameof(Call.Whole), MemberType = typeof(Call))]
    public async Task A_body_that_stops_is_504_and_let_go(string name)
    {
        var time = new TestTime();
        var limit = TimeSpan.FromSeconds(10);
        await Scene.RunAsync(
            name,
            _ => Open("""{"id":"x","object":""").Hang(),
            async scene =>
            {
                var answer = scene.AskAsync();
                var request = await scene.Upstream.NextRequestAsync();
                await time.PassAsync(2 * limit, answer);

                Assert.Equal("provider_timeout", (await (await answer).ErrorAsync(504)).Code);
                await request.Aborted.WaitAsync(Waits.Deadline);
            },
            p => p with { IdleTimeout = limit },
            time: time);
    }

    [Theory]
    [MemberData(nameof(Call.Whole), MemberType = typeof(Call))]
    public Task A_body_shorter_than_its_length_is_502(string name) =>
        FailsAsync(name, Script.Json("""{"id":"x","choices":[],"data":[],"output":[],"status":"completed"}""").Truncated(), "provider_closed");

    [Theory]
    [MemberData(nameof(Call.Whole), MemberType = typeof(Call))]
    public Task A_reset_within_the_body_is_502(string name) => FailsAsync(name, Open("""{"id":"x",""").Abort(), "provider_closed");

    [Theory]
    [MemberData(nameof(Call.Whole), MemberType = typeof(Call))]
    public async Task Garbage_is_502(string name)
    {
        string[] bodies =
        [
            "", "{", "nonsense", "[]", "null", "17", "\"text\"", """{"id":"x"} {}""", """{"id":"x","mod\ud800el":"x"}""", """{"id":"x",}""",
        ];
        var next = "";
        await Scene.RunAsync(name, _ => Script.By(_ => Script.Json(next)), async scene =>
        {
            foreach (var body in bodies)
            {
                next = body;
                Assert.Equal("provider_invalid_response", (await (await scene.AskAsync()).ErrorAsync(502)).Code);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Call.Whole), MemberType = typeof(Call))]
    public Task A_page_for_people_with_a_status_of_200_is_502(string name) => FailsAsync(name, Errors.Html(200), "provider_invalid_response");

    [Theory]
    [MemberData(nameof(Call.Whole), MemberType = typeof(Call))]
    public Task A_body_compressed_unasked_is_502(string name) =>
        FailsAsync(name, Script.Bytes([0x1f, 0x8b, 8, 0], "application/json").Header("Content-Encoding", "gzip"), "provider_invalid_response");

    [Theory]
    [MemberData(nameof(Call.Whole), MemberType = typeof(Call))]
    public Task A_body_nested_without_end_is_502(string name) =>
        FailsAsync(name, Script.Json("{\"id\":" + new string('[', 100_000)), "provider_invalid_response");

    // A response needs names that are said once; for the others what is relayed is the client's to read.
    [Fact]
    public Task A_response_that_says_a_name_twice_is_502() => FailsAsync(
        "native responses",
        Script.Json("""{"id":"resp_1","object":"response","status":"completed","status":"failed","output":[]}"""),
        "provider_invalid_response");

    private static Script Open(string beginning) => Script.Sse().ContentType("application/json").Send(beginning);

    private static Task FailsAsync(string name, Script script, string code) => Scene.RunAsync(name, _ => script, async scene =>
    {
        var error = await (await scene.AskAsync()).ErrorAsync(502);
        Assert.Equal(("server_error", code), (error.Type, error.Code));
    });
}
