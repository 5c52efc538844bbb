using System.Buffers;

namespace AiGateway.Providers.Http;

/// <summary>What may stand in a header: a value with a line break in it would be a header of its own choosing.</summary>
internal static class HeaderText
{
    private static readonly SearchValues<char> ValueCharacters =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(i => (char)i), '\t']);

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public static bool IsValue(ReadOnlySpan<char> value) => !value.ContainsAnyExcept(ValueCharacters);

    public static bool IsName(ReadOnlySpan<char> name) => !name.IsEmpty && !name.ContainsAnyExcept(NameCharacters);
}
