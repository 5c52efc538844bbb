using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.Protocol;
using AiGateway.Responses.Parsing;
using AiGateway.Translation;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AiGateway.Tests.Translation;

/// <summary>There and back again, nothing is lost. On failure FsCheck prints the seed and the smallest case.</summary>
public sealed class RoundTripTests
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(500);

    [Fact]
    public void A_chat_request_comes_back_from_the_responses_api() => Check.One(Config, Prop.ForAll(ChatGenerators.Request.ToArbitrary(), request =>
    {
        var (original, back) = (Normal(request), Normal(ThereAndBack(request)));
        return JsonNode.DeepEquals(original, back).Label($"expected {Show(original)}\nbut got  {Show(back)}");
    }));

    [Fact]
    public void A_completion_comes_back_from_a_response() => Check.One(Config, Prop.ForAll(ChatGenerators.Completion.ToArbitrary(), completion =>
    {
        var (original, back) = (NormalAnswer(completion), NormalAnswer(ResponseToChatCompletionTests.Translate(ResponseObject.From(completion).ToJsonString())));
        return JsonNode.DeepEquals(original, back).Label($"expected {Show(original)}\nbut got  {Show(back)}");
    }));

    /// <summary>However the text is cut into deltas, and however much of it comes only at the end, the chunks add up to the answer.</summary>
    [Fact]
    public void A_streamed_response_adds_up_to_the_same_completion()
    {
        var cases = from completion in ChatGenerators.Completion from cuts in Gen.ArrayOf(Gen.Choose(0, 9), 12) select (completion, cuts);
        Check.One(Config, Prop.ForAll(cases.ToArbitrary(), test =>
        {
            var response = ResponseObject.From(test.completion);
            var stream = new ResponseEventsToChatChunks(new ChatAnswerForm(true, false), "m");
            var output = new ArrayBufferWriter<byte>();
            foreach (var data in ResponseObject.Events(response, test.cuts))
                stream.OnEvent(null, Encoding.UTF8.GetBytes(data.ToJsonString()), output);
            var (original, back) = (NormalAnswer(test.completion), NormalAnswer(ChunkSum.Of(Encoding.UTF8.GetString(output.WrittenSpan))));
            return JsonNode.DeepEquals(original, back).Label($"expected {Show(original)}\nbut got  {Show(back)}");
        }));
    }

    private static JsonObject ThereAndBack(JsonObject request)
    {
        var body = new ArrayBufferWriter<byte>();
        ChatToResponses.Write(body, Encoding.UTF8.GetBytes(request.ToJsonString()), "m", stream: false);
        using var parsed = CreateResponseParser.Parse(body.WrittenMemory);
        ContextRules.Check(parsed.Input);
        var chat = new ArrayBufferWriter<byte>();
        ResponsesToChat.Write(chat, parsed, parsed.Input, "m", false, ResponsesToChatTests.Provider);
        return JsonNode.Parse(chat.WrittenSpan)!.AsObject();
    }

    /// <summary>Takes away what says the same in two ways.</summary>
    private static JsonObject Normal(JsonObject request)
    {
        var normal = request.DeepClone().AsObject();
        foreach (var message in normal["messages"]!.AsArray())
        {
            // One text part is a string; no parts are an empty one.
            if (message!["content"] is JsonArray { Count: 1 } parts && parts[0]!["type"]!.GetValue<string>() == "text")
                message["content"] = parts[0]!["text"]!.DeepClone();
            else if (message["content"] is JsonArray { Count: 0 })
                message["content"] = "";
        }

        // Calls without a word belong to the message before them: as items the two look the same.
        var messages = normal["messages"]!.AsArray();
        for (var i = messages.Count - 1; i > 0; i--)
        {
            var (before, calls) = (messages[i - 1]!.AsObject(), messages[i]!.AsObject());
            if (calls["tool_calls"] is null || calls["content"] is not null || before["role"]!.GetValue<string>() != "assistant" || before["tool_calls"] is not null)
                continue;
            before["tool_calls"] = calls["tool_calls"]!.DeepClone();
            messages.RemoveAt(i);
        }

        foreach (var tool in normal["tools"]?.AsArray() ?? [])
        {
            if (tool!["function"] is JsonObject function)
                function["strict"] ??= false;
        }

        // No penalty is the default.
        foreach (var name in new[] { "presence_penalty", "frequency_penalty" })
        {
            if (normal[name]?.GetValue<double>() == 0)
                normal.Remove(name);
        }

        return JsonNode.Parse(normal.ToJsonString())!.AsObject();
    }

    private static JsonObject NormalAnswer(JsonObject completion)
    {
        var normal = completion.DeepClone().AsObject();

        // A stream cannot tell an empty text from none.
        var message = normal["choices"]![0]!["message"]!;
        if (message["content"] is JsonValue content && content.GetValue<string>().Length == 0)
            message["content"] = null;
        return JsonNode.Parse(normal.ToJsonString())!.AsObject();
    }

    private static string Show(JsonNode node) => node.ToJsonString(JsonFormat.SerializerOptions);
}
