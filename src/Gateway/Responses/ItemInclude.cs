namespace AiGateway.Responses;

/// <summary>What of an item is shown only to who asks for it (<c>include</c>, <c>spec/responses.md</c> §3): it is large, or of use to few.</summary>
[Flags]
internal enum ItemInclude
{
    /// <summary>Nothing of it.</summary>
    None = 0,

    /// <summary><c>file_search_call.results</c>.</summary>
    FileSearchResults = 1,

    /// <summary><c>web_search_call.results</c>.</summary>
    WebSearchResults = 2,

    /// <summary><c>web_search_call.action.sources</c>.</summary>
    WebSearchSources = 4,

    /// <summary><c>message.input_image.image_url</c>.</summary>
    InputImages = 8,

    /// <summary><c>computer_call_output.output.image_url</c>.</summary>
    ComputerImages = 16,

    /// <summary><c>code_interpreter_call.outputs</c>.</summary>
    CodeOutputs = 32,

    /// <summary><c>reasoning.encrypted_content</c>.</summary>
    EncryptedReasoning = 64,

    /// <summary><c>message.output_text.logprobs</c>.</summary>
    Logprobs = 128,

    /// <summary>The bytes of files; there is no name to ask for them by.</summary>
    FileData = 256,

    /// <summary>The item as it is kept.</summary>
    Everything = FileData | FileSearchResults | WebSearchResults | WebSearchSources | InputImages | ComputerImages | CodeOutputs | EncryptedReasoning | Logprobs,
}
