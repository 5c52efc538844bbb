using System.Security.Cryptography;
using System.Text;
using AiGateway.Protocol;
using AiGateway.Responses.Sealing;

namespace AiGateway.Tests.Responses.Sealing;

public sealed class SealerTests
{
    private static readonly byte[] Payload = Encoding.UTF8.GetBytes("""{"summary":"We spoke of slate."}""");
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(SealingKey.Length);

    [Theory]
    [InlineData(null, 0)]
    [InlineData("", 1)]
    [InlineData("acme", 255)]
    [InlineData("ünïcode", 256)]
    [InlineData("acme", 100_000)]
    public void What_was_sealed_opens(string? tenant, int length)
    {
        var payload = RandomNumberGenerator.GetBytes(length);
        var sealedText = Sealer().Seal(payload, SealPurpose.Compaction, tenant);

        Assert.StartsWith(AiGateway.Responses.Sealing.Sealer.Prefix, sealedText, StringComparison.Ordinal);
        Assert.Equal(payload, Sealer().Open(sealedText, SealPurpose.Compaction, tenant, null, null));
    }

    [Fact]
    public void A_text_is_sealed_anew_each_time_and_says_nothing_of_what_is_in_it()
    {
        var first = Sealer().Seal(Payload, SealPurpose.Compaction, null);
        var second = Sealer().Seal(Payload, SealPurpose.Compaction, null);

        Assert.NotEqual(first, second);
        Assert.DoesNotContain("slate", first, StringComparison.Ordinal);
        Assert.Matches("^[A-Za-z0-9_.-]+$", first);
    }

    [Fact]
    public void What_repeats_itself_is_compressed()
    {
        var sealedText = Sealer().Seal(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("again and ", 10_000))), SealPurpose.Compaction, null);

        Assert.InRange(sealedText.Length, 1, 1000);
    }

    [Fact]
    public void No_changed_text_opens()
    {
        var sealer = Sealer();
        foreach (var length in (int[])[0, 1, 2, 3])
        {
            var good = sealer.Seal(Payload.AsSpan(0, length), SealPurpose.Reasoning, "a");
            for (var i = 0; i < good.Length; i++)
            {
                foreach (var other in "AQgw-_9=+/ .é")
                {
                    if (good[i] != other)
                        Assert.Null(sealer.TryOpen(string.Concat(good.AsSpan(0, i), other.ToString(), good.AsSpan(i + 1)), SealPurpose.Reasoning, "a"));
                }

                Assert.Null(sealer.TryOpen(good[..i], SealPurpose.Reasoning, "a"));
                Assert.Null(sealer.TryOpen(good.Insert(i, " "), SealPurpose.Reasoning, "a"));
                Assert.Null(sealer.TryOpen(good + good[i], SealPurpose.Reasoning, "a"));
            }
        }
    }

    [Theory]
    [InlineData("b")]
    [InlineData("")]
    [InlineData(null)]
    public void Another_tenants_text_does_not_open(string? tenant)
    {
        var error = Refused(() => Sealer().Open(Sealer().Seal(Payload, SealPurpose.Compaction, "a"), SealPurpose.Compaction, tenant, "cmp_1", "input[2].encrypted_content"));

        Assert.Equal((400, "invalid_encrypted_content", "input[2].encrypted_content"), (error.Status, error.Code, error.Param));
        Assert.Equal(
            "The encrypted content for item cmp_1 could not be verified. Reason: Encrypted content could not be decrypted or parsed.", error.Message);
    }

    [Fact]
    public void A_text_for_something_else_does_not_open() =>
        Assert.Null(Sealer().TryOpen(Sealer().Seal(Payload, SealPurpose.Reasoning, null), SealPurpose.Compaction, null));

    [Fact]
    public void After_a_change_of_keys_the_old_texts_still_open_and_new_ones_need_the_new_key()
    {
        var next = RandomNumberGenerator.GetBytes(SealingKey.Length);
        var rotated = new Sealer(new SealingKey(next), [new SealingKey(_key)]);
        var old = Sealer().Seal(Payload, SealPurpose.Compaction, null);
        var fresh = rotated.Seal(Payload, SealPurpose.Compaction, null);

        Assert.Equal(Payload, rotated.TryOpen(old, SealPurpose.Compaction, null));
        Assert.Equal(Payload, rotated.TryOpen(fresh, SealPurpose.Compaction, null));
        Assert.Null(Sealer().TryOpen(fresh, SealPurpose.Compaction, null));
        Assert.Null(new Sealer(new SealingKey(next), []).TryOpen(old, SealPurpose.Compaction, null));
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 2, 1 })]
    [InlineData(new byte[] { 0x84, 0, 0, 1, 1 })] // says more than the bound
    [InlineData(new byte[] { 0x80, 0, 0, 9, 0x1b, 0x02 })] // no whole compressed text
    [InlineData(new byte[] { 0x7f, 0xff, 0xff, 0xff })]
    public void What_was_not_packed_here_is_not_unpacked(byte[] packed) => Assert.Null(SealedPayload.Unpack(packed));

    [Fact]
    public void A_payload_does_not_grow_beyond_what_it_says()
    {
        var packed = SealedPayload.Pack(new byte[1_000_000]);
        packed[3] ^= 1; // now it says one byte less, or more

        Assert.Null(SealedPayload.Unpack(packed));
    }

    private Sealer Sealer() => new(new SealingKey(_key), []);

    private static GatewayError Refused(Action action) => Assert.Throws<GatewayException>(action).Error;
}
