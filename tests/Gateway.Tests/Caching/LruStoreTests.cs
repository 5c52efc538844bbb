using AiGateway.Caching;
using Xunit;
using Xunit.Abstractions;

namespace AiGateway.Tests.Caching;

/// <summary>What is kept within a bound of bytes.</summary>
public sealed class LruStoreTests(ITestOutputHelper output)
{
    private const int Overhead = 256;

    [Fact]
    public void It_does_what_a_plain_list_would_do_and_never_goes_beyond_its_bound()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}.");
        var random = new Random(seed);
        var store = new LruStore<string>();
        var model = new List<(UInt128Pair Key, string Value, long Bytes)>();
        for (var i = 0; i < 20_000; i++)
        {
            var key = new UInt128Pair((UInt128)random.Next(40), 0);
            var at = model.FindIndex(e => e.Key == key);
            switch (random.Next(10))
            {
                case < 5:
                    Assert.Equal(at >= 0, store.TryGet(key, out var value));
                    if (at >= 0)
                    {
                        Assert.Equal(model[at].Value, value);
                        var found = model[at];
                        model.RemoveAt(at);
                        model.Insert(0, found);
                    }

                    break;
                case < 9:
                    var (bytes, bound) = (random.Next(3000), random.Next(2) == 0 ? 10_000 : 6_000);
                    store.Set(key, $"v{i}", bytes, bound);
                    if (at >= 0)
                        model.RemoveAt(at);
                    if (bytes + Overhead <= bound)
                        model.Insert(0, (key, $"v{i}", bytes + Overhead));
                    while (model.Sum(e => e.Bytes) > bound)
                        model.RemoveAt(model.Count - 1);
                    Assert.True(store.Bytes <= bound);
                    break;
                default:
                    store.Remove(key);
                    if (at >= 0)
                        model.RemoveAt(at);
                    break;
            }

            Assert.Equal(model.Sum(e => e.Bytes), store.Bytes);
        }
    }

    [Fact]
    public void A_value_that_is_too_large_alone_displaces_only_what_it_replaces()
    {
        var store = new LruStore<string>();
        store.Set(new(1, 0), "one", 100, 1000);
        store.Set(new(2, 0), "two", 100, 1000);

        store.Set(new(1, 0), "huge", 2000, 1000);

        Assert.False(store.TryGet(new(1, 0), out _));
        Assert.True(store.TryGet(new(2, 0), out _));
    }

    [Fact]
    public void Parts_of_a_key_do_not_run_together()
    {
        var keys = new[]
        {
            Key("ab", "c"), Key("a", "bc"), Key("abc", ""), Key("", "abc"), Key(null, "abc"), Key("abc", null), Key("abc"), Key("abc", "", null),
        };
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(Key("ab", null), Key("ab", null));

        static UInt128Pair Key(params string?[] parts)
        {
            using var key = new CacheKey();
            foreach (var part in parts)
                key.Add(part);
            return key.ToKey();
        }
    }
}
