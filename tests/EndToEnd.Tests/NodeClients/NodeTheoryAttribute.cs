namespace AiGateway.EndToEnd.Tests.NodeClients;

/// <inheritdoc cref="NodeFactAttribute"/>
public sealed class NodeTheoryAttribute : TheoryAttribute
{
    public NodeTheoryAttribute() => Skip = NodeRun.Problem;
}
