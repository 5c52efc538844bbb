using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Protocol;
using AiGateway.Providers.Demo;
using Xunit;

namespace AiGateway.Tests.Providers.Demo;

public sealed class DemoSchemaTests
{
    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["b"]}""", """{"b":1}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"number","minimum":2,"maximum":4},"b":{"type":"boolean"},"c":{"type":"null"}}}""", """{"a":3,"b":true,"c":null}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":["null","string"]},"b":{"enum":["x","y"]},"c":{"const":5}}}""", """{"a":"a","b":"x","c":5}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":{"type":"integer","exclusiveMinimum":4},"minItems":2}}}""", """{"a":[5,5]}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","maxItems":0}}}""", """{"a":[]}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array"}}}""", """{"a":["a"]}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/P"}},"$defs":{"P":{"type":"object","properties":{"x":{"type":"integer","multipleOf":5}}}}}""", """{"a":{"x":5}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"anyOf":[{"type":"null"},{"type":"string","format":"date"}]}}}""", """{"a":"2025-01-01"}""")]
    [InlineData("""{"allOf":[{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]},{"properties":{"b":{"type":"string","minLength":3}},"required":["b"]}]}""", """{"a":1,"b":"bxx"}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer","maximum":-3},"b":{"type":"string","maxLength":0}}}""", """{"a":-3,"b":""}""")]
    [InlineData("""{"type":"object","required":["z"]}""", """{"z":"z"}""")]
    [InlineData("""{"type":"string"}""", "{}")]
    [InlineData("{}", "{}")]
    public void Makes_a_value(string schema, string expected) => Assert.Equal(expected, Make(schema));

    [Theory]
    [InlineData("""{"type":"object","properties":{"v":{"type":"integer"},"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}},"required":["v","next"],"additionalProperties":false}""")]
    [InlineData("""{"type":"object","properties":{"kids":{"type":"array","items":{"$ref":"#"}}},"required":["kids"]}""")]
    public void Comes_to_an_end_where_a_schema_refers_to_itself(string schema)
    {
        var value = Make(schema);

        Assert.InRange(value.Length, 10, 300);
    }

    [Fact]
    public void Comes_to_an_end_even_where_the_schema_does_not() =>
        Assert.NotEmpty(Make("""{"type":"object","properties":{"a":{"$ref":"#"},"b":{"$ref":"#"},"c":{"$ref":"#"}},"required":["a","b","c"]}"""));

    [Fact]
    public async Task Gives_structured_output()
    {
        const string Format = """
            "response_format":{"type":"json_schema","json_schema":{"name":"answer","strict":true,"schema":{"type":"object","properties":{"city":{"type":"string"},"temp":{"type":"number"}},"required":["city","temp"],"additionalProperties":false}}}
            """;
        var body = await DemoCalls.JsonAsync(ApiKind.Chat, DemoCalls.Chat("Weather in Oslo?", Format));
        Assert.Equal("""{"city":"Oslo","temp":1}""", body["choices"]![0]!["message"]!["content"]!.GetValue<string>());

        var free = await DemoCalls.JsonAsync(ApiKind.Chat, DemoCalls.Chat("json please", """ "response_format":{"type":"json_object"} """));
        Assert.IsType<JsonObject>(JsonNode.Parse(free["choices"]![0]!["message"]!["content"]!.GetValue<string>()));
    }

    private static string Make(string schema)
    {
        var made = DemoSchema.Make(JsonElement.Parse(schema), "no names here");
        return made.ToJsonString(JsonFormat.SerializerOptions);
    }
}
