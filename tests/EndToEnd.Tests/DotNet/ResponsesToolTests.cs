using AiGateway.EndToEnd.Tests.Scripted;
using OpenAI.Responses;

namespace AiGateway.EndToEnd.Tests.DotNet;

public sealed class ResponsesToolTests(ScriptedGateway gateway) : IClassFixture<ScriptedGateway>
{
    private const string BothResults = """I hear: get_weather({"city":"Paris"}) and get_time({"zone":"Europe/Paris"}).""";
    private readonly Sdk _sdk = new(gateway.Process.BaseUrl);

    [Theory]
    [InlineData("chat-tool")]
    [InlineData("native-tool")]
    public async Task One_call_and_its_result_over_the_previous_response(string model)
    {
        var called = (await _sdk.Responses.CreateResponseAsync(Options(model, ResponseItem.CreateUserMessageItem("Weather in Paris?")))).Value;

        var call = Assert.IsType<FunctionCallResponseItem>(Assert.Single(called.OutputItems));
        Assert.Equal(("call_weather", "get_weather", """{"city":"Paris"}"""), (call.CallId, call.FunctionName, call.FunctionArguments.ToString()));
        Assert.Equal(FunctionCallStatus.Completed, call.Status);
        Assert.Equal(ResponseStatus.Completed, called.Status);

        var answer = Options(model, ResponseItem.CreateFunctionCallOutputItem(call.CallId, "21 degrees"));
        answer.PreviousResponseId = called.Id;
        var told = (await _sdk.Responses.CreateResponseAsync(answer)).Value;

        Assert.Equal("I hear: 21 degrees.", told.GetOutputText());
    }

    [Theory]
    [InlineData("chat-tools")]
    [InlineData("native-tools")]
    public async Task Parallel_calls_and_their_results_in_the_input(string model)
    {
        var question = ResponseItem.CreateUserMessageItem("Weather and time in Paris?");
        var called = (await _sdk.Responses.CreateResponseAsync(Options(model, question))).Value;
        var calls = called.OutputItems.Cast<FunctionCallResponseItem>().ToList();

        var told = (await _sdk.Responses.CreateResponseAsync(Options(model, [question, .. called.OutputItems, .. Results(calls)]))).Value;

        Assert.Equal(["call_weather", "call_clock"], calls.Select(c => c.CallId));
        Assert.Equal(BothResults, told.GetOutputText());
    }

    [Theory]
    [InlineData("chat-tools")]
    [InlineData("native-tools")]
    public async Task Parallel_calls_and_their_results_streamed(string model)
    {
        var updates = await StreamAsync(Options(model, ResponseItem.CreateUserMessageItem("Weather and time in Paris?")));
        var completed = ((StreamingResponseCompletedUpdate)updates[^1]).Response;
        var calls = completed.OutputItems.Cast<FunctionCallResponseItem>().ToList();

        Assert.Equal(["call_weather", "call_clock"], calls.Select(c => c.CallId));
        for (var index = 0; index < calls.Count; index++)
        {
            var deltas = updates.OfType<StreamingResponseFunctionCallArgumentsDeltaUpdate>().Where(u => u.OutputIndex == index).ToList();
            var done = updates.OfType<StreamingResponseFunctionCallArgumentsDoneUpdate>().Single(u => u.OutputIndex == index);
            Assert.True(deltas.Count > 1);
            Assert.All(deltas, d => Assert.Equal(calls[index].Id, d.ItemId));
            Assert.Equal(calls[index].FunctionArguments.ToString(), string.Concat(deltas.Select(d => d.Delta)));
            Assert.Equal(calls[index].FunctionArguments.ToString(), done.FunctionArguments.ToString());
        }

        var answer = Options(model, Results(calls));
        answer.PreviousResponseId = completed.Id;
        var told = await StreamAsync(answer);

        Assert.Equal(BothResults, string.Concat(told.OfType<StreamingResponseOutputTextDeltaUpdate>().Select(u => u.Delta)));
    }

    [Theory]
    [InlineData("chat-tool")]
    [InlineData("native-tool")]
    public async Task The_tools_and_the_choice_are_echoed(string model)
    {
        var options = Options(model, ResponseItem.CreateUserMessageItem("Weather?"));
        options.ToolChoice = ResponseToolChoice.CreateFunctionChoice("get_weather");
        options.ParallelToolCallsEnabled = false;

        var response = (await _sdk.Responses.CreateResponseAsync(options)).Value;

        Assert.Equal((ResponseToolChoiceKind.Function, "get_weather"), (response.ToolChoice.Kind, response.ToolChoice.FunctionName));
        Assert.False(response.ParallelToolCallsEnabled);
        var tool = Assert.IsType<FunctionTool>(response.Tools[0]);
        Assert.Equal(("get_weather", "The weather in a city.", true), (tool.FunctionName, tool.FunctionDescription, tool.StrictModeEnabled));
        Assert.Contains("additionalProperties", tool.FunctionParameters.ToString());
    }

    private static ResponseItem[] Results(IEnumerable<FunctionCallResponseItem> calls) =>
        [.. calls.Select(c => ResponseItem.CreateFunctionCallOutputItem(c.CallId, Functions.Run(c.FunctionName, c.FunctionArguments)))];

    private static CreateResponseOptions Options(string model, params ResponseItem[] items)
    {
        var options = new CreateResponseOptions(model, items);
        foreach (var tool in Functions.ForResponses)
            options.Tools.Add(tool);
        return options;
    }

    private async Task<List<StreamingResponseUpdate>> StreamAsync(CreateResponseOptions options)
    {
        options.StreamingEnabled = true;
        return await (await _sdk.Responses.CreateResponseStreamingAsync(options)).ToListAsync();
    }
}
