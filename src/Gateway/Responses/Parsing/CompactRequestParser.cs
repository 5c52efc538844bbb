using AiGateway.Protocol;

namespace AiGateway.Responses.Parsing;

/// <summary>
/// Reads the body of <c>POST /v1/responses/compact</c> (<c>spec/responses.md</c> §14). What creating a response knows besides is not looked at here: clients
/// send what they have.
/// </summary>
internal static class CompactRequestParser
{
    /// <summary>Reads a body.</summary>
    /// <param name="utf8">UTF-8 JSON, whole. It must not change while the result lives.</param>
    /// <returns>The request, which is not to be stored; the caller disposes it.</returns>
    /// <exception cref="GatewayException">400, with the path of the field at fault.</exception>
    public static CreateResponse Parse(ReadOnlyMemory<byte> utf8)
    {
        var document = RequestDocument.Parse(utf8);
        try
        {
            var root = new FieldReader(document.RootElement, default);
            var model = root.Text("model");
            if (string.IsNullOrEmpty(model))
                throw root.Missing("model");
            var previous = root.Text("previous_response_id");
            if (!root.Has("input") && previous is null)
            {
                throw new GatewayException(GatewayErrors.Invalid(
                    "One of 'input' or 'previous_response_id' must be provided.", "input", "missing_required_parameter"));
            }

            return new CreateResponse(document)
            {
                Model = model,
                Input = InputParser.ReadTurn(root).Items,
                Instructions = root.Text("instructions"),
                PreviousResponseId = previous,
                PromptCacheKey = root.Text("prompt_cache_key", 64),
                Store = false,
            };
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }
}
