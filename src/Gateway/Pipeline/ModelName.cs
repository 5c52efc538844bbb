using System.Buffers;
using System.Text.Json;
using AiGateway.Hooks;
using AiGateway.Protocol;

namespace AiGateway.Pipeline;

/// <summary>The name that the client asked for is the name that it gets back, whatever the provider calls the model.</summary>
internal static class ModelName
{
    /// <summary>The name for a call's answers.</summary>
    public static string ForClient(GatewayCall call) => call.AskedModel ?? call.Request.Model;

    /// <summary>Puts the name into a whole answer.</summary>
    /// <param name="body">A JSON object.</param>
    /// <param name="scan">What stands where in it.</param>
    /// <param name="call">The call.</param>
    /// <param name="id">The id that it is to have; null for the provider's.</param>
    /// <returns>The body; the same memory where it says the name already, or no name at all, and keeps its id.</returns>
    public static ReadOnlyMemory<byte> Replace(ReadOnlyMemory<byte> body, in BodyScan scan, GatewayCall call, string? id = null)
    {
        var asked = JsonSerializer.SerializeToUtf8Bytes(ForClient(call), JsonFormat.SerializerOptions);
        if (id is null && (scan.Model.End.Value == 0 || body.Span[scan.Model].SequenceEqual(asked)))
            return body;
        var output = new ArrayBufferWriter<byte>(body.Length + asked.Length);
        BodySplice.Write(
            body.Span, scan, asked, hideUsage: false, output, id is null ? default : JsonSerializer.SerializeToUtf8Bytes(id, JsonFormat.SerializerOptions));
        return output.WrittenMemory;
    }
}
