using System.Text;
using AiGateway.EndToEnd.Tests.Scripted;
using OpenAI.Chat;

namespace AiGateway.EndToEnd.Tests.DotNet;

public sealed class ChatToolTests(ScriptedGateway gateway) : IClassFixture<ScriptedGateway>
{
    private const string BothResults = """I hear: get_weather({"city":"Paris"}) and get_time({"zone":"Europe/Paris"}).""";
    private readonly Sdk _sdk = new(gateway.Process.BaseUrl);

    [Theory]
    [InlineData("chat-tool")]
    [InlineData("native-tool")]
    public async Task One_call_and_its_result(string model)
    {
        var messages = new List<ChatMessage> { new UserChatMessage("Weather in Paris?") };
        var called = (await _sdk.Chat(model).CompleteChatAsync(messages, Options())).Value;

        Assert.Equal(ChatFinishReason.ToolCalls, called.FinishReason);
        var call = Assert.Single(called.ToolCalls);
        Assert.Equal(("call_weather", "get_weather", """{"city":"Paris"}"""), (call.Id, call.FunctionName, call.FunctionArguments.ToString()));

        messages.Add(new AssistantChatMessage(called));
        messages.Add(new ToolChatMessage(call.Id, "21 degrees"));
        var told = (await _sdk.Chat(model).CompleteChatAsync(messages, Options())).Value;

        Assert.Equal(ChatFinishReason.Stop, told.FinishReason);
        Assert.Equal("I hear: 21 degrees.", told.Content[0].Text);
    }

    [Theory]
    [InlineData("chat-tools")]
    [InlineData("native-tools")]
    public async Task Parallel_calls_and_their_results(string model)
    {
        var messages = new List<ChatMessage> { new UserChatMessage("Weather and time in Paris?") };
        var called = (await _sdk.Chat(model).CompleteChatAsync(messages, Options())).Value;
        messages.Add(new AssistantChatMessage(called));
        messages.AddRange(called.ToolCalls.Select(call => new ToolChatMessage(call.Id, Functions.Run(call.FunctionName, call.FunctionArguments))));

        var told = (await _sdk.Chat(model).CompleteChatAsync(messages, Options())).Value;

        Assert.Equal(["call_weather", "call_clock"], called.ToolCalls.Select(c => c.Id));
        Assert.Equal(BothResults, told.Content[0].Text);
    }

    [Theory]
    [InlineData("chat-tools")]
    [InlineData("native-tools")]
    public async Task Parallel_calls_and_their_results_streamed(string model)
    {
        var messages = new List<ChatMessage> { new UserChatMessage("Weather and time in Paris?") };
        var calls = new SortedDictionary<int, (string Id, string Name, StringBuilder Arguments)>();
        ChatFinishReason? finish = null;
        await foreach (var update in _sdk.Chat(model).CompleteChatStreamingAsync(messages, Options()))
        {
            finish ??= update.FinishReason;
            foreach (var part in update.ToolCallUpdates)
            {
                if (!calls.ContainsKey(part.Index))
                    calls[part.Index] = (part.ToolCallId, part.FunctionName, new StringBuilder());
                calls[part.Index].Arguments.Append(part.FunctionArgumentsUpdate);
            }
        }

        var whole = calls.Values.Select(c => ChatToolCall.CreateFunctionToolCall(c.Id, c.Name, BinaryData.FromString(c.Arguments.ToString()))).ToList();
        messages.Add(new AssistantChatMessage(whole));
        messages.AddRange(whole.Select(call => new ToolChatMessage(call.Id, Functions.Run(call.FunctionName, call.FunctionArguments))));
        var told = await _sdk.Chat(model).CompleteChatStreamingAsync(messages, Options()).ToListAsync();

        Assert.Equal(ChatFinishReason.ToolCalls, finish);
        Assert.Equal(["call_weather", "call_clock"], whole.Select(c => c.Id));
        Assert.Equal(BothResults, string.Concat(told.SelectMany(u => u.ContentUpdate).Select(p => p.Text)));
    }

    [Theory]
    [InlineData("chat-tool", """{"type":"function","function":{"name":"get_weather"}}""")]
    [InlineData("native-tool", """{"type":"function","name":"get_weather"}""")]
    public async Task A_chosen_function_reaches_the_provider(string model, string expected)
    {
        var options = Options();
        options.ToolChoice = ChatToolChoice.CreateFunctionChoice("get_weather");

        await _sdk.Chat(model).CompleteChatAsync(["Weather?"], options);

        Assert.Equal(expected, Assert.Single(gateway.Observed.Of(_sdk.Mark)).Json["tool_choice"]!.ToJsonString());
    }

    private static ChatCompletionOptions Options()
    {
        var options = new ChatCompletionOptions();
        foreach (var tool in Functions.ForChat)
            options.Tools.Add(tool);
        return options;
    }
}
