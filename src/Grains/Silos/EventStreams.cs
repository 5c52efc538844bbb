using AiGateway.Responses.Running;

namespace AiGateway.Grains.Silos;

/// <summary>Placeholder.</summary>
internal sealed class EventStreams
{
    public void Publish(ResponseRun run)
    {
    }
}
