using AiGateway.Providers;
using AiGateway.Routing.Failover;
using Polly;

namespace AiGateway.Routing.Health;

/// <summary>Counts how an answer went on, once, for or against its provider.</summary>
/// <param name="provider">The provider.</param>
internal sealed class AnswerVerdict(ProviderState provider) : IAnswerVerdict
{
    private int _isTold;

    public void Well()
    {
        if (IsFirst())
            _ = provider.CountAsync(Outcome.FromResult<ProviderAnswer>(null)).AsTask();
    }

    public ValueTask BrokeAsync(Exception exception) =>
        IsFirst() && Failures.IsUnwell(exception) ? provider.CountAsync(Outcome.FromException<ProviderAnswer>(exception)) : default;

    private bool IsFirst() => Interlocked.Exchange(ref _isTold, 1) == 0;
}
