namespace AiGateway.EndToEnd.Tests.DotNet;

internal static class AsyncSequence
{
    /// <summary>Reads a stream to its end.</summary>
    public static async Task<List<T>> ToListAsync<T>(this IAsyncEnumerable<T> stream)
    {
        var list = new List<T>();
        await foreach (var item in stream)
            list.Add(item);
        return list;
    }
}
