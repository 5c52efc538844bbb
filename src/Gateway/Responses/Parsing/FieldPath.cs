namespace AiGateway.Responses.Parsing;

/// <summary>
/// Where in a body a value stands, such as <c>input[0].content[1]</c>. Passed down while reading and put into words only
/// when there is an error to tell, so that a good request pays nothing for it.
/// </summary>
internal readonly struct FieldPath
{
    private readonly string? _first, _second, _third;
    private readonly int _firstIndex, _secondIndex, _thirdIndex;

    private FieldPath(string? first, int firstIndex, string? second, int secondIndex, string? third, int thirdIndex)
    {
        (_first, _firstIndex) = (first, firstIndex);
        (_second, _secondIndex) = (second, secondIndex);
        (_third, _thirdIndex) = (third, thirdIndex);
    }

    /// <summary>The path of a field of the body, or of one of its elements.</summary>
    public static FieldPath Of(string field, int index = -1) => new(field, index, null, -1, null, -1);

    /// <summary>The path of a field below this one, or of one of its elements. Beyond three levels, which next to nothing has, it is put into words at once.</summary>
    public FieldPath Then(string field, int index = -1) =>
        _first is null ? Of(field, index)
        : _second is null ? new(_first, _firstIndex, field, index, null, -1)
        : _third is null ? new(_first, _firstIndex, _second, _secondIndex, field, index)
        : new(ToString(), -1, field, index, null, -1);

    /// <summary>The path of a field of this object, in words.</summary>
    public string To(string field) => _first is null ? field : $"{this}.{field}";

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = Segment(_first, _firstIndex);
        if (_second is not null)
            text = $"{text}.{Segment(_second, _secondIndex)}";
        return _third is null ? text : $"{text}.{Segment(_third, _thirdIndex)}";
    }

    private static string Segment(string? field, int index) => index < 0 ? field ?? "" : $"{field}[{index}]";
}
