namespace AiGateway.AspNetCore.Tests.Schema;

/// <inheritdoc cref="SchemaFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SchemaTheoryAttribute : TheoryAttribute
{
    public SchemaTheoryAttribute()
    {
        if (SpecificationFile.Path is null)
            Skip = SchemaFactAttribute.Reason;
    }
}
