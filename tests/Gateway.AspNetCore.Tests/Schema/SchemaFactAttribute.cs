namespace AiGateway.AspNetCore.Tests.Schema;

/// <summary>A test that needs <see cref="SpecificationFile"/>; shown as skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SchemaFactAttribute : FactAttribute
{
    public const string Reason = "No shared/spec/open-responses.openapi.json beside this repository or above it.";

    public SchemaFactAttribute()
    {
        if (SpecificationFile.Path is null)
            Skip = Reason;
    }
}
