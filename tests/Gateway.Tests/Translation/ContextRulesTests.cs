using AiGateway.Protocol;
using AiGateway.Tests.Responses.Parsing;
using AiGateway.Translation;
using Xunit;

namespace AiGateway.Tests.Translation;

/// <summary>Calls and their outputs belong together (acceptance test 10 sends an output without a call).</summary>
public sealed class ContextRulesTests
{
    private const string User = """{"role":"user","content":"x"}""";
    private const string Said = """{"role":"assistant","content":"x"}""";
    private const string Thought = """{"type":"reasoning","summary":[]}""";

    private static string Call(string id) => $$"""{"type":"function_call","call_id":"{{id}}","name":"f","arguments":"{}"}""";

    private static string Output(string id) => $$"""{"type":"function_call_output","call_id":"{{id}}","output":"1"}""";

    private static string? Message(params string[] items)
    {
        using var request = CreateResponseParserTests.Parse($$"""{"model":"m","input":[{{string.Join(',', items)}}]}""");
        try
        {
            ContextRules.Check(request.Input);
            return null;
        }
        catch (GatewayException e)
        {
            Assert.Equal((400, "input", null), (e.Error.Status, e.Error.Param, e.Error.Code));
            return e.Error.Message;
        }
    }

    [Fact]
    public void An_output_needs_its_call_before_it()
    {
        const string message = "No tool call found for function call output with call_id a.";
        Assert.Equal(message, Message(User, Output("a")));
        Assert.Equal(message, Message(User, Output("a"), Call("a")));
        Assert.Equal(message, Message(User, Call("b"), Output("b"), Output("a")));
        Assert.Equal(
            "No tool call found for custom tool call output with call_id a.",
            Message("""{"type":"custom_tool_call_output","call_id":"a","output":""}"""));
    }

    [Fact]
    public void A_call_needs_its_output_when_the_conversation_goes_on()
    {
        Assert.Equal("No tool output found for function call a.", Message(User, Call("a"), User));
        Assert.Equal("No tool output found for function call b.", Message(User, Call("a"), Call("b"), Output("a")));
        Assert.Equal("No tool output found for function call a.", Message(Call("a"), Said, User));
        Assert.Equal("No tool output found for function call a.", Message(Call("a"), Output("a"), Call("a"), User));
    }

    [Fact]
    public void What_belongs_together_passes()
    {
        Assert.Null(Message());
        Assert.Null(Message(User, Call("a"), Call("b")));
        Assert.Null(Message(User, Call("a"), Thought, Said));
        Assert.Null(Message(User, Call("a"), Call("b"), Output("b"), Output("a"), User));
        Assert.Null(Message(Call("a"), Output("a"), Call("a"), Output("a")));
        Assert.Null(Message(Call("a"), User, Output("a")));
    }
}
