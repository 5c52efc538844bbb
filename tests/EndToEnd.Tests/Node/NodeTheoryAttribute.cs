namespace AiGateway.EndToEnd.Tests.Node;

/// <inheritdoc cref="NodeFactAttribute"/>
public sealed class NodeTheoryAttribute : TheoryAttribute
{
    public NodeTheoryAttribute() => Skip = NodeRun.Problem;
}
