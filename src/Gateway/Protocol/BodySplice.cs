using System.Buffers;

namespace AiGateway.Protocol;

/// <summary>Copies a provider's JSON object with another model name, where it is to have one of ours another id, and, where it is to be hidden, without its usage.</summary>
internal static class BodySplice
{
    /// <summary>Copies an object.</summary>
    /// <param name="json">The object.</param>
    /// <param name="scan">What stands where in it.</param>
    /// <param name="askedModel">The model's name as a JSON string, quotes included.</param>
    /// <param name="hideUsage">Whether to leave the usage out.</param>
    /// <param name="output">Where the copy goes.</param>
    /// <param name="id">The id as a JSON string, quotes included; empty to leave the provider's.</param>
    public static void Write(
        ReadOnlySpan<byte> json, in BodyScan scan, ReadOnlySpan<byte> askedModel, bool hideUsage, IBufferWriter<byte> output, ReadOnlySpan<byte> id = default)
    {
        var hasModel = scan.Model.End.Value != 0;
        var hides = hideUsage && scan.UsageMember.End.Value != 0;
        var hasId = !id.IsEmpty && scan.Id.End.Value != 0;
        var at = 0;
        if (!id.IsEmpty && !hasId)
            at = Insert(json, scan.IdPlace, id, output);

        // Each step is the edit that stands next.
        while (hasModel || hides || hasId)
        {
            var model = hasModel ? scan.Model.Start.Value : int.MaxValue;
            var usage = hides ? scan.UsageMember.Start.Value : int.MaxValue;
            var own = hasId ? scan.Id.Start.Value : int.MaxValue;
            if (model < usage && model < own)
            {
                Replace(json, scan.Model, askedModel, output, ref at);
                hasModel = false;
            }
            else if (usage < own)
            {
                Replace(json, scan.UsageMember, default, output, ref at);
                hides = false;
            }
            else
            {
                Replace(json, scan.Id, id, output, ref at);
                hasId = false;
            }
        }

        output.Write(json[at..]);
    }

    private static void Replace(ReadOnlySpan<byte> json, Range part, ReadOnlySpan<byte> with, IBufferWriter<byte> output, ref int at)
    {
        output.Write(json[at..part.Start.Value]);
        output.Write(with);
        at = part.End.Value;
    }

    private static int Insert(ReadOnlySpan<byte> json, int place, ReadOnlySpan<byte> id, IBufferWriter<byte> output)
    {
        if (place == 0)
            return 0;
        output.Write(json[..place]);
        output.Write("\"id\":"u8);
        output.Write(id);
        output.Write(","u8);
        return place;
    }
}
