using System.Globalization;

namespace AiGateway.Bench.Compare;

/// <summary>Lists on the command line.</summary>
internal static class OptionText
{
    /// <summary>Names, separated by commas.</summary>
    /// <exception cref="ArgumentException">A name is not known.</exception>
    public static string[] Names(string list, IReadOnlyList<string> known, string option)
    {
        var names = Split(list);
        return names.FirstOrDefault(name => !known.Contains(name)) is { } unknown
            ? throw new ArgumentException($"{option}: '{unknown}' is none of {string.Join(", ", known)}")
            : names;
    }

    /// <summary>Numbers, separated by commas.</summary>
    /// <exception cref="ArgumentException">A number is none, or out of bounds.</exception>
    public static List<int> Numbers(string list, int most, string option) =>
        [.. Split(list).Select(number => Bounded(int.TryParse(number, CultureInfo.InvariantCulture, out var value) ? value : 0, most, option))];

    /// <summary>A number within bounds.</summary>
    /// <exception cref="ArgumentException">It is out of bounds.</exception>
    public static int Bounded(int value, int most, string option) =>
        value >= 1 && value <= most ? value : throw new ArgumentException($"{option} must be between 1 and {most}");

    private static string[] Split(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
