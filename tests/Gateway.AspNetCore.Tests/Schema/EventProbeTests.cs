using System.Text.Json.Nodes;
using Xunit.Sdk;

namespace AiGateway.AspNetCore.Tests.Schema;

/// <inheritdoc cref="ResponseProbeTests"/>
public sealed class EventProbeTests
{
    private const string Place = "\"sequence_number\":4,\"item_id\":\"x_1\",\"output_index\":0";

    [SchemaFact]
    public void There_are_24_events() => Assert.Equal(24, OpenResponsesSchema.EventTypes.Count);

    [SchemaTheory]
    [InlineData(Samples.TextDelta)]
    [InlineData($$"""{"type":"response.reasoning.delta",{{Place}},"content_index":0,"delta":"Hm"}""")]
    [InlineData($$"""{"type":"response.reasoning_summary_text.delta",{{Place}},"summary_index":0,"delta":"Hm"}""")]
    [InlineData($$"""{"type":"response.function_call_arguments.done",{{Place}},"arguments":"{}"}""")]
    [InlineData($$"""{"type":"response.function_call_arguments.done",{{Place}},"arguments":"{}","name":"f"}""")]
    [InlineData("""{"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":null}""")]
    [InlineData($$"""{"type":"response.output_item.done","sequence_number":2,"output_index":0,"item":{{Samples.Message}}}""")]
    [InlineData($$"""{"type":"response.completed","sequence_number":9,"response":{{Samples.Response}}}""")]
    [InlineData("""{"type":"error","sequence_number":5,"error":{"type":"server_error","code":null,"message":"m","param":null}}""")]
    [InlineData("""{"type":"error","sequence_number":5,"code":"c","message":"m","param":null,"error":{"type":"server_error","code":"c","message":"m","param":null}}""")]
    public void An_event_is_taken(string json) => OpenResponsesSchema.CheckEvent(JsonNode.Parse(json)!.AsObject());

    [SchemaTheory]
    [InlineData($$"""{"type":"response.output_text.delta",{{Place}},"content_index":0,"delta":"Hi","logprobs":null}""")]
    [InlineData($$"""{"type":"response.output_text.delta",{{Place}},"content_index":0,"delta":"Hi","obfuscation":null}""")]
    [InlineData($$"""{"type":"response.output_text.delta",{{Place}},"content_index":0.5,"delta":"Hi"}""")]
    [InlineData($$"""{"type":"response.reasoning_text.delta",{{Place}},"content_index":0,"delta":"Hm"}""")]
    [InlineData($$"""{"type":"response.reasoning_summary.delta",{{Place}},"summary_index":0,"delta":"Hm"}""")]
    [InlineData("""{"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{"type":"web_search_call","id":"ws_1","status":"in_progress"}}""")]
    [InlineData("""{"type":"acme:trace","sequence_number":3}""")]
    [InlineData($$"""{"type":"response.web_search_call.in_progress",{{Place}}}""")]
    [InlineData($$"""{"type":"response.custom_tool_call_input.delta",{{Place}},"delta":"x"}""")]
    [InlineData($$"""{"type":"response.cancelled","sequence_number":9,"response":{{Samples.Response}}}""")]
    [InlineData("""{"type":"keepalive","sequence_number":3}""")]
    [InlineData("""{"type":"error","sequence_number":5,"code":"c","message":"m","param":null}""")]
    [InlineData("""{"type":"error","sequence_number":5,"error":{"type":"server_error","message":"m","param":null}}""")]
    public void An_event_is_refused(string json) =>
        Assert.ThrowsAny<XunitException>(() => OpenResponsesSchema.CheckEvent(JsonNode.Parse(json)!.AsObject()));
}
