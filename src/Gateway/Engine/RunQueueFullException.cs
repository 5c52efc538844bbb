namespace AiGateway.Engine;

/// <summary>So many background responses wait for their turn that no further one is taken.</summary>
public sealed class RunQueueFullException : Exception
{
    /// <summary>Creates one.</summary>
    public RunQueueFullException()
        : base("The queue of background responses is full.")
    {
    }
}
