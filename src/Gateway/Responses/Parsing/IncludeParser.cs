using AiGateway.Protocol;

namespace AiGateway.Responses.Parsing;

/// <summary><c>include</c> in a query: <c>include[]=a&amp;include[]=b</c>, or without brackets (<c>spec/responses.md</c> §14).</summary>
internal static class IncludeParser
{
    // In the order of the flags.
    private static readonly string[] Names =
    [
        "file_search_call.results",
        "web_search_call.results",
        "web_search_call.action.sources",
        "message.input_image.image_url",
        "computer_call_output.output.image_url",
        "code_interpreter_call.outputs",
        "reasoning.encrypted_content",
        "message.output_text.logprobs",
    ];

    /// <summary>Reads it.</summary>
    /// <param name="query">The query.</param>
    /// <returns>What is asked for.</returns>
    /// <exception cref="GatewayException">400: a name that there is not.</exception>
    public static ItemInclude Read(IReadOnlyList<KeyValuePair<string, string>> query)
    {
        var include = ItemInclude.None;
        foreach (var (name, value) in query)
        {
            if (name != "include" && !(name.StartsWith("include[", StringComparison.Ordinal) && name.EndsWith(']')))
                continue;
            var at = Array.IndexOf(Names, value);
            include |= at >= 0 ? (ItemInclude)(1 << at) : throw FieldErrors.NotOneOf("include", value, Names);
        }

        return include;
    }
}
