using AiGateway.Responses.Parsing;
using AiGateway.Responses.Tokens;

namespace AiGateway.Tests.Responses.Tokens;

public sealed class TokenEstimateTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 1)]
    [InlineData("four", 1)]
    [InlineData("fives", 2)]
    [InlineData("Über", 1)]
    [InlineData("123456", 2)]
    [InlineData("мир!", 2)]
    [InlineData("你好", 2)]
    [InlineData("👍", 2)]
    public void A_text_has_about_so_many_tokens(string text, long tokens) => Assert.Equal(tokens, TextTokens.Of(text));

    [Fact]
    public void English_prose_is_near_what_models_count()
    {
        // 44 words; models of today count about 55.
        const string Prose = "The gateway keeps what a client was told, whatever happens next: a response that has ended is there after a restart, the same bytes, and nothing hangs in progress. What was never started runs; what had started is closed, and its readers hear of it.";

        Assert.InRange(TextTokens.Of(Prose), 50, 75);
    }

    [Fact]
    public void More_text_is_never_fewer_tokens()
    {
        const string Text = "Plain, 123 — мир, 你好 👍 {\"a\":[1,2]} end";
        var counts = Enumerable.Range(0, Text.Length + 1).Select(length => TextTokens.Of(Text[..length])).ToList();

        Assert.Equal(counts.Order(), counts);
    }

    [Theory]
    [InlineData("""{"type":"message","role":"user","content":"four"}""", 5)]
    [InlineData("""{"type":"message","id":"msg_1234567890","status":"completed","role":"user","content":[{"type":"input_text","text":"four"},{"type":"input_text","text":"four"}]}""", 6)]
    [InlineData("""{"type":"message","role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,AAAAAAAAAAAAAAAAAAAA"}]}""", 769)]
    [InlineData("""{"type":"message","role":"user","content":[{"type":"input_image","image_url":"x","detail":"low"}]}""", 89)]
    [InlineData("""{"type":"message","role":"user","content":[{"type":"input_file","file_data":"AAAAAAAAAAAAAAAAAAAA"}]}""", 1004)]
    [InlineData("""{"type":"function_call","call_id":"call_1","name":"name","arguments":"abcd"}""", 6)]
    [InlineData("""{"type":"function_call_output","call_id":"call_1","output":[{"type":"input_text","text":"four"},{"type":"input_video","video_url":"v"}]}""", 2005)]
    [InlineData("""{"type":"reasoning","summary":[{"type":"summary_text","text":"four"}],"encrypted_content":"0123456789abcdef"}""", 7)]
    [InlineData("""{"type":"acme:thing","status":"completed","data":{"count":12,"name":"four"}}""", 6)]
    public void An_item_has_about_so_many_tokens(string item, long tokens) => Assert.Equal(tokens, TokenEstimate.Of(Items.Of(item)));

    [Fact]
    public void A_request_is_more_than_its_items()
    {
        using var plain = CreateResponseParser.Parse("""{"model":"m","input":"four"}"""u8.ToArray());
        using var full = CreateResponseParser.Parse(
            """{"model":"m","input":"four","instructions":"Be kind.","tools":[{"type":"function","name":"f","parameters":{"type":"object"}}],"text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"}}}}"""u8.ToArray());

        Assert.Equal(8, TokenEstimate.Of(plain, plain.Input));
        Assert.InRange(TokenEstimate.Of(full, full.Input), 30, 60);
    }
}
