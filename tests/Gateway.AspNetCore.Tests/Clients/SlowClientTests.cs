using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Clients;

public sealed class SlowClientTests
{
    // The kernel's buffers of two connections, at their largest, and the little that Kestrel and the gateway hold themselves.
    private const long MostUnderWay = 20_000_000;

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public async Task Who_does_not_read_holds_the_provider_back_and_nothing_piles_up(string name)
    {
        var call = Call.Of(name);
        await using var upstream = PouringUpstream.Start(LeavingClientTests.Flood(call));
        await using var unused = await ScriptedUpstream.StartAsync();
        await using var gateway = await call.StartAsync(unused, p => p with { BaseUrl = upstream.BaseUrl });
        using var deadline = new CancellationTokenSource(2 * Waits.Deadline);

        using var client = new ImpatientClient();
        using var response = await client.SendAsync(gateway, call);
        var reader = new WireReader(response);
        await reader.ReadUntilAsync("xxxx");
        var held = await upstream.WaitUntilHeldBackAsync(deadline.Token);

        Assert.InRange(held, 1, MostUnderWay);
        Assert.False(upstream.CallerLeft.IsCompleted);
        await reader.ReadAsync(2 * held);
        Assert.True(upstream.Sent > held, "Reading on did not set the provider going again.");
    }
}
