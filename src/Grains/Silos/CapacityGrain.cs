using AiGateway.Engine;
using AiGateway.Grains.Limits;
using AiGateway.Limits;
using AiGateway.Metering;

namespace AiGateway.Grains.Silos;

/// <summary>One limit's ledger. What of its budgets was used up before is read once, when a budget is first asked for.</summary>
[CollectionAgeLimit(Minutes = 10)]
internal sealed class CapacityGrain(CapacityTerms terms) : Grain, ICapacityGrain
{
    private readonly CapacityLedger _ledger = new(terms.Blocks, terms.Time);

    public async Task<CapacityGrant> ExchangeAsync(CapacityAsk ask)
    {
        try
        {
            foreach (var budget in ask.Budgets)
            {
                if (!_ledger.Knows(budget.Per))
                    await LoadAsync(budget.Per);
            }
        }
        catch (StorageUnavailableException)
        {
            return new CapacityGrant { IsUnavailable = true };
        }

        return _ledger.Exchange(ask);
    }

    private async Task LoadAsync(string per)
    {
        var key = this.GetPrimaryKeyString();
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var now = terms.Time.GetUtcNow();
        var (tokens, cost) = await terms.Spent(key[..slash], key[(slash + 1)..], BudgetOptions.Begin(per, now), CancellationToken.None);
        _ledger.Load(per, now, tokens, cost);
    }
}
