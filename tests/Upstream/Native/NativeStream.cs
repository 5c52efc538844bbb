using System.Text.Json.Nodes;

namespace AiGateway.Upstream;

/// <summary>A native response as its events, numbered from 0.</summary>
internal static class NativeStream
{
    public static Script Script(NativeTurn turn, ReceivedRequest request)
    {
        var script = Upstream.Script.Sse();
        var sequence = 0;
        foreach (var e in Events(turn, request))
        {
            e.Insert(1, "sequence_number", sequence++);
            script = script.SendEvent(e["type"]!.ToString(), e);
        }

        return turn.EndsWithDone ? script.SendDone() : script;
    }

    private static IEnumerable<JsonObject> Events(NativeTurn turn, ReceivedRequest request)
    {
        yield return OfResponse("created", NativeResponse.Snapshot(request, "in_progress"));
        yield return OfResponse("in_progress", NativeResponse.Snapshot(request, "in_progress"));
        for (var index = 0; index < turn.Items.Count; index++)
        {
            var item = turn.Items[index];
            var id = NativeResponse.ItemId(item, request, index);
            yield return OfItem("added", index, item.Opening(id));
            foreach (var e in item.Events(id))
            {
                e.Insert(2, "output_index", index);
                yield return e;
            }

            yield return OfItem("done", index, item.Final(id, NativeResponse.ItemStatus(turn, index)));
        }

        if (turn is { ErrorCode: not null, ErrorEvent: true })
            yield return new() { ["type"] = "error", ["code"] = turn.ErrorCode, ["message"] = turn.ErrorMessage, ["param"] = null };
        yield return OfResponse(turn.Status, NativeResponse.Final(turn, request));
    }

    private static JsonObject OfResponse(string what, JsonObject response) => new() { ["type"] = "response." + what, ["response"] = response };

    private static JsonObject OfItem(string what, int index, JsonObject item) =>
        new() { ["type"] = "response.output_item." + what, ["output_index"] = index, ["item"] = item };
}
