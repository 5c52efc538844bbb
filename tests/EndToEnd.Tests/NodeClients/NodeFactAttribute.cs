namespace AiGateway.EndToEnd.Tests.NodeClients;

/// <summary>A test that is skipped, saying why, where Node or the clients' packages are missing.</summary>
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = NodeRun.Problem;
}
