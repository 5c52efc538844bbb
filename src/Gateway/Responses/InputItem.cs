using System.Text.Json;

namespace AiGateway.Responses;

/// <summary>
/// One item of a conversation, checked: its <c>type</c> is known and its fields have the types that
/// <c>spec/responses.md</c> §4 gives them, so that a reader of <see cref="Json"/> need not check again.
/// </summary>
/// <param name="Type">The item's type; <c>message</c> where the client left it out.</param>
/// <param name="Json">The item as it came; a string input is a message with one <c>input_text</c> part.</param>
public readonly record struct InputItem(string Type, JsonElement Json);
