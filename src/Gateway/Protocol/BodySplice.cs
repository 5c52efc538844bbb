using System.Buffers;

namespace AiGateway.Protocol;

/// <summary>Copies a provider's JSON object with another model name and, where it is to be hidden, without its usage.</summary>
internal static class BodySplice
{
    /// <summary>Copies an object.</summary>
    /// <param name="json">The object.</param>
    /// <param name="scan">What stands where in it.</param>
    /// <param name="askedModel">The model's name as a JSON string, quotes included.</param>
    /// <param name="hideUsage">Whether to leave the usage out.</param>
    /// <param name="output">Where the copy goes.</param>
    public static void Write(ReadOnlySpan<byte> json, in BodyScan scan, ReadOnlySpan<byte> askedModel, bool hideUsage, IBufferWriter<byte> output)
    {
        var at = 0;
        var hides = hideUsage && scan.UsageMember.End.Value != 0;
        var usageFirst = hides && scan.UsageMember.Start.Value < scan.Model.Start.Value;
        if (usageFirst)
            Cut(json, scan.UsageMember, output, ref at);
        if (scan.Model.End.Value != 0)
        {
            output.Write(json[at..scan.Model.Start.Value]);
            output.Write(askedModel);
            at = scan.Model.End.Value;
        }

        if (hides && !usageFirst)
            Cut(json, scan.UsageMember, output, ref at);
        output.Write(json[at..]);
    }

    private static void Cut(ReadOnlySpan<byte> json, Range member, IBufferWriter<byte> output, ref int at)
    {
        output.Write(json[at..member.Start.Value]);
        at = member.End.Value;
    }
}
