using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace AiGateway.Configuration;

/// <summary>
/// Makes options out of a configuration section and notes everything wrong on the way, each under its full name.
/// The framework's binder stops at the first unknown name, does not say where it is, and takes <c>15</c> for fifteen days.
/// </summary>
internal sealed class SettingsBinder(Func<string, string?> environment, SettingPaths paths, List<string> problems)
{
    /// <summary>Binds a section to a new record.</summary>
    /// <typeparam name="T">The record; its unset properties keep their defaults.</typeparam>
    /// <param name="section">The section.</param>
    /// <returns>The record; what could not be bound keeps its default, with a problem noted.</returns>
    public T Bind<T>(IConfigurationSection section)
        where T : new() => (T)Record(section, typeof(T));

    private object Record(IConfigurationSection section, Type type)
    {
        var record = Activator.CreateInstance(type)!;
        paths.Add(record, section.Path);
        if (!string.IsNullOrEmpty(section.Value))
            problems.Add($"{section.Path} must be an object with named settings, not a single value.");

        foreach (var child in section.GetChildren())
        {
            var property = Settings(type).FirstOrDefault(p => string.Equals(p.Name, child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
                problems.Add($"{child.Path} is not a setting. Known here: {string.Join(", ", Settings(type).Select(p => p.Name))}.");
            else if (Value(child, property.PropertyType) is { } value)
                property.SetValue(record, value);
        }

        return record;
    }

    private object? Value(IConfigurationSection section, Type type)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (target.IsGenericType && target.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            return List(section, target.GetGenericArguments()[0]);
        if (!IsScalar(target))
            return Record(section, target);
        if (section.GetChildren().Any())
        {
            problems.Add($"{section.Path} must be a single value.");
            return null;
        }

        return section.Value is null ? null : Scalar(section.Path, section.Value, target);
    }

    private Array? List(IConfigurationSection section, Type element)
    {
        var children = section.GetChildren().ToList();
        if (children.Count == 0 && section.Value is null)
            return null;
        if (!string.IsNullOrEmpty(section.Value))
        {
            problems.Add($"{section.Path} must be a list.");
            return null;
        }

        var items = new List<object>(children.Count);
        foreach (var child in children)
        {
            if (string.IsNullOrEmpty(child.Value) && !child.GetChildren().Any())
                problems.Add($"{child.Path} is empty.");
            else if (Value(child, element) is { } item)
                items.Add(item);
        }

        var list = Array.CreateInstance(element, items.Count);
        for (var i = 0; i < items.Count; i++)
            list.SetValue(items[i], i);
        return list;
    }

    private object? Scalar(string path, string text, Type type)
    {
        var value = EnvironmentReferences.Expand(text, environment, out var problem);
        if (problem is not null)
        {
            problems.Add($"{path} {problem}");
            return null;
        }

        if (type == typeof(string))
            return value;
        try
        {
            // A bare number would be taken for days.
            if (type != typeof(TimeSpan) || value == "0" || value.Contains(':'))
                return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException)
        {
            // Said below, without the value: it may be a secret put in the wrong place.
        }

        problems.Add($"{path} must be {Expected(type)}.");
        return null;
    }

    private static IEnumerable<PropertyInfo> Settings(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite);

    private static bool IsScalar(Type type) =>
        type == typeof(string) || type.IsPrimitive || type.IsEnum || type == typeof(TimeSpan) || type == typeof(decimal);

    private static string Expected(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "true or false",
        TypeCode.Int32 or TypeCode.Int64 when !type.IsEnum => "a whole number",
        TypeCode.Double or TypeCode.Decimal => "a number",
        _ when type.IsEnum => "one of " + string.Join(", ", Enum.GetNames(type)),
        _ => string.Create(CultureInfo.InvariantCulture, $"a duration such as 00:00:15 or {TimeSpan.FromDays(30)} (days.hours:minutes:seconds)"),
    };
}
