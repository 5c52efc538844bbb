using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Durability.History;

namespace AiGateway.EndToEnd.Tests.Durability.Driver;

/// <summary>One client's way through the gateway's API, as its seed has it: what it does depends on nothing else but what it is told.</summary>
/// <param name="number">Its number; part of its requests' names.</param>
/// <param name="seed">The seed.</param>
/// <param name="client">Asks.</param>
/// <param name="history">Notes.</param>
internal sealed class ClientWalk(int number, int seed, GatewayClient client, Recorder history)
{
    private readonly Random _random = new(seed);
    private string? _previous;
    private int _count;

    /// <summary>Asks one thing after the other.</summary>
    /// <param name="isEnough">Whether not to begin another.</param>
    public async Task GoAsync(Func<bool> isEnough)
    {
        while (!isEnough())
        {
            await (_random.Next(10) switch
            {
                < 4 => BackgroundStreamAsync(),
                < 5 => BackgroundAsync(),
                < 7 => CancelAsync(),
                < 8 => ForegroundAsync(),
                < 9 => ForegroundStreamAsync(),
                _ => PollAsync(),
            });
        }
    }

    private async Task BackgroundStreamAsync()
    {
        var order = NewOrder(CallKind.BackgroundStream);
        if (await CreateStreamAsync(order) is { } told)
            await FollowAsync(told);
    }

    // Reads on from wherever it was, or from somewhere before, until it has seen the end.
    private async Task FollowAsync(ToldResponse told)
    {
        while (!told.Readings.Exists(r => r.Frames.Any(f => f.IsTerminal)))
        {
            var last = told.Readings.Max(r => r.Last);
            var after = _random.Next(3) == 0 ? _random.NextInt64(-1, last + 1) : last;
            var enough = Enough();
            var reading = await client.ReadAsync(HttpMethod.Get, $"/v1/responses/{told.Id}?stream=true&starting_after={after}", null, null, after, enough);
            if (reading is null)
                await Task.Delay(50);
            else
                told.Readings.Add(reading);
        }

        await PollAsync(told);
        _previous = await StatusOfAsync(told) == "completed" ? told.Id : _previous;
    }

    private async Task<ToldResponse?> CreateStreamAsync(Order order)
    {
        while (true)
        {
            ToldResponse? told = null;
            var reading = await client.ReadAsync(HttpMethod.Post, "/v1/responses", order.Body, order.Key, after: -1, Enough(order.IsHeld), (id, now) =>
            {
                told = history.Told(id, order.Name, CallKind.BackgroundStream);
                told.Previous = order.Previous;
                told.Readings.Add(now);
                if (order.Key is not null)
                    history.Key(order.Key, id);
            });

            // With a key it may ask again, whatever became of the first; without one, what came of it is nobody's to know.
            if (order.Key is null || (told is not null && _random.Next(2) == 0))
                return told;
            if (reading is null)
                await Task.Delay(50);
        }
    }

    private async Task BackgroundAsync()
    {
        var order = NewOrder(CallKind.Background);
        var answer = await AnswerAsync(order);
        if (answer is null)
            return;
        var told = history.Told(IdOf(answer), order.Name, CallKind.Background);
        told.Previous = order.Previous;
        await PollAsync(told);
    }

    private async Task CancelAsync()
    {
        var order = NewOrder(_random.Next(3) == 0 ? CallKind.Background : CallKind.BackgroundStream, hold: true);
        ToldResponse? told;
        if (order.Kind == CallKind.BackgroundStream)
        {
            told = await CreateStreamAsync(order);
        }
        else
        {
            told = await AnswerAsync(order) is { } answer ? history.Told(IdOf(answer), order.Name, CallKind.Background) : null;
        }

        if (told is null)
            return;
        await Task.Delay(_random.Next(100));
        var cancelled = await Task.WhenAll(Enumerable.Range(0, _random.Next(1, 4)).Select(_ => client.AskAsync(HttpMethod.Post, $"/v1/responses/{told.Id}/cancel")));
        foreach (var (status, body) in cancelled)
            Answered(told, status, body, "cancel", mustBeEnded: true);
        told.IsCancelAnswered = true;
        if (told.Kind == CallKind.BackgroundStream)
            await FollowAsync(told);
    }

    private async Task ForegroundAsync()
    {
        var order = NewOrder(CallKind.Foreground);
        if (await AnswerAsync(order) is not { } answer)
            return;
        var told = history.Told(IdOf(answer), order.Name, CallKind.Foreground);
        told.EndedBodies.Add(answer);
        _previous = (string?)JsonNode.Parse(answer)!["status"] == "completed" ? told.Id : _previous;
    }

    private async Task ForegroundStreamAsync()
    {
        var order = NewOrder(CallKind.ForegroundStream);
        await client.ReadAsync(HttpMethod.Post, "/v1/responses", order.Body, null, after: -1, Enough(), (id, now) =>
            history.Told(id, order.Name, CallKind.ForegroundStream).Readings.Add(now));
    }

    private async Task PollAsync()
    {
        var all = history.Responses;
        if (all.Count > 0)
        {
            var told = all.ElementAt(_random.Next(all.Count));
            if (told.Kind is CallKind.Background or CallKind.BackgroundStream)
                await client.AskAsync(HttpMethod.Get, $"/v1/responses/{told.Id}");
        }
    }

    private async Task PollAsync(ToldResponse told)
    {
        while (await StatusOfAsync(told) is "queued" or "in_progress")
            await Task.Delay(_random.Next(5, 50));
    }

    private async Task<string?> StatusOfAsync(ToldResponse told)
    {
        var (status, body) = await client.AskAsync(HttpMethod.Get, $"/v1/responses/{told.Id}");
        return Answered(told, status, body, "GET", mustBeEnded: told.Readings.Exists(r => r.Frames.Any(f => f.IsTerminal)));
    }

    private string? Answered(ToldResponse told, HttpStatusCode status, string body, string what, bool mustBeEnded)
    {
        if (status != HttpStatusCode.OK)
        {
            history.Surprise($"{what} of {told.Id} ({told.Name}) was answered {(int)status}: {body}");
            return null;
        }

        var state = (string?)JsonNode.Parse(body)!["status"];
        if (state is not ("queued" or "in_progress"))
        {
            lock (told.EndedBodies)
                told.EndedBodies.Add(body);
        }
        else if (mustBeEnded)
        {
            history.Surprise($"{what} of {told.Id} ({told.Name}) was answered with {state} after its end was told.");
        }

        return state;
    }

    // Null where the gateway died and the call had no key to be repeated by.
    private async Task<string?> AnswerAsync(Order order)
    {
        while (true)
        {
            var answer = await client.TryAsync(HttpMethod.Post, "/v1/responses", order.Body, order.Key);
            if (answer is { Status: not HttpStatusCode.OK } refused)
            {
                history.Surprise($"{order.Body} was answered {(int)refused.Status}: {refused.Body}");
                return null;
            }

            if (answer is { } told && order.Key is not null)
                history.Key(order.Key, IdOf(told.Body));
            if (answer is not null || order.Key is null)
                return answer?.Body;
            await Task.Delay(50);
        }
    }

    // Of a response that is held, only the first events are sure to come.
    private Func<Frame, bool> Enough(bool isHeld = false)
    {
        var left = isHeld ? _random.Next(1, 3) : _random.Next(2) == 0 ? int.MaxValue : _random.Next(1, 30);
        return _ => --left <= 0;
    }

    private Order NewOrder(CallKind kind, bool hold = false)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"c{number}r{_count++}");
        var body = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["model"] = _random.Next(2) == 0 ? Talk.ChatModel : Talk.NativeModel,
            ["input"] = string.Create(CultureInfo.InvariantCulture, $"say {name} {_random.Next(4, 40)} {_random.Next(1, 15)}{(hold ? " hold" : "")}"),
            ["stream"] = kind is CallKind.BackgroundStream or CallKind.ForegroundStream,
            ["background"] = kind is CallKind.BackgroundStream or CallKind.Background,
        };
        var previous = _random.Next(3) == 0 ? _previous : null;
        if (previous is not null)
            body["previous_response_id"] = previous;
        return new Order(name, kind, hold, JsonSerializer.Serialize(body), _random.Next(2) == 0 ? "key-" + name : null, previous);
    }

    private static string IdOf(string body) => (string)JsonNode.Parse(body)!["id"]!;

    private sealed record Order(string Name, CallKind Kind, bool IsHeld, string Body, string? Key, string? Previous);
}
