using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Metering;
using AiGateway.Protocol;
using AiGateway.Routing;

namespace AiGateway.Limits;

/// <summary>The limits and prices of models and providers as they are configured now, found by the names that clients ask for.</summary>
internal sealed class ModelTerms : IPrices, IDisposable
{
    private readonly IDisposable _listening;
    private volatile Table _table;

    public ModelTerms(GatewayConfiguration configuration)
    {
        _listening = configuration.OnChange(options => _table = new Table(options));
        _table = new Table(configuration.Current);
    }

    /// <summary>A model's limits; null for none.</summary>
    public CapacityLimit? LimitOf(string model) => _table.Find(model)?.Limit;

    /// <summary>A model's price; null where it has none.</summary>
    public PriceOptions? PriceOf(string? model) => model is null ? null : _table.Find(model)?.Price;

    /// <summary>A provider's limits; null for none.</summary>
    public CapacityLimit? LimitOfProvider(string provider) => _table.Providers.GetValueOrDefault(provider);

    /// <inheritdoc/>
    public decimal Of(string? model, TokenUsage usage) => PriceOf(model)?.Of(usage) ?? 0;

    public void Dispose() => _listening.Dispose();

    /// <summary>Limits as capacity knows them; null where there are none.</summary>
    public static CapacityLimit? Limit(string scope, string name, LimitOptions? limits, IReadOnlyList<BudgetOptions>? budgets = null) =>
        limits?.Any != true && budgets is null or { Count: 0 } ? null : new CapacityLimit(scope, name)
        {
            Requests = limits?.RequestsPerMinute,
            Tokens = limits?.TokensPerMinute,
            InFlight = limits?.InFlight,
            Budgets = Budgets(budgets),
        };

    // Of two for the same stretch of time the smaller holds.
    private static List<CapacityBudget> Budgets(IReadOnlyList<BudgetOptions>? budgets) =>
        [.. (budgets ?? []).GroupBy(b => b.Per, StringComparer.Ordinal).Select(same => new CapacityBudget(same.Key, same.Min(b => b.Tokens), same.Min(b => b.Cost)))];

    private sealed record Terms(CapacityLimit? Limit, PriceOptions? Price);

    private sealed class Table
    {
        private readonly Dictionary<string, Terms> _names = new(StringComparer.Ordinal);
        private readonly List<(string Beginning, Terms Terms)> _patterns = [];

        public Table(GatewayOptions options)
        {
            foreach (var model in options.Models)
            {
                var terms = new Terms(Limit("model", model.Name, model.Limits), model.Price);
                if (model.Name.EndsWith('*'))
                    _patterns.Add((model.Name[..^1], terms));
                else
                    Add(model, terms);
            }

            _patterns.Sort((a, b) => b.Beginning.Length.CompareTo(a.Beginning.Length));
            Providers = options.Providers
                .Select(provider => Limit("provider", provider.Name, provider.Limits))
                .OfType<CapacityLimit>()
                .ToDictionary(limit => limit.Name, StringComparer.OrdinalIgnoreCase);
        }

        public Dictionary<string, CapacityLimit> Providers { get; }

        public Terms? Find(string model)
        {
            if (_names.TryGetValue(model, out var terms))
                return terms;
            foreach (var (beginning, patternTerms) in _patterns)
            {
                if (model.StartsWith(beginning, StringComparison.Ordinal))
                    return patternTerms;
            }

            return null;
        }

        private void Add(ModelOptions model, Terms terms)
        {
            foreach (var name in model.Aliases.Prepend(model.Name))
                _names[name] = terms;
        }
    }
}
