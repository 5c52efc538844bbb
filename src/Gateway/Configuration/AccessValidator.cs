using System.Globalization;
using AiGateway.Metering;

namespace AiGateway.Configuration;

/// <summary>What the settings of tenants, keys, limits, budgets, prices and the admin API must be. Never repeats a key.</summary>
internal static class AccessValidator
{
    public static void Validate(GatewayOptions options, SettingPaths paths, List<string> problems)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < options.Tenants.Count; i++)
        {
            var tenant = options.Tenants[i];
            var path = paths.Of(tenant, nameof(options.Tenants), i);
            if (!GatewayOptionsValidator.IsName(tenant.Name))
                problems.Add($"{path}:Name must be a name, without spaces around it.");
            else if (!names.Add(tenant.Name))
                problems.Add($"{path}:Name: there is another tenant '{tenant.Name}'.");
            Models(tenant.Models, path, problems);
            Limits(tenant.Limits, path, problems);
            Budgets(tenant.Budgets, path, problems);
        }

        Keys(options, paths, problems);
        for (var i = 0; i < options.Models.Count; i++)
        {
            var path = paths.Of(options.Models[i], nameof(options.Models), i);
            Limits(options.Models[i].Limits, path, problems);
            if (options.Models[i].Price is { } price)
                Price(price, path, problems);
        }

        for (var i = 0; i < options.Providers.Count; i++)
            Limits(options.Providers[i].Limits, paths.Of(options.Providers[i], nameof(options.Providers), i), problems);
        Admission(options, problems);
    }

    public static bool TryTime(string text, out DateTimeOffset time) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    public static string? ModelProblem(string model) =>
        !GatewayOptionsValidator.IsName(model) ? "must be a model's name."
        : model.IndexOf('*') is var star and >= 0 && star != model.Length - 1 ? "may have '*' only once and at the end."
        : null;

    public static string? LimitProblem(LimitOptions limits) =>
        limits.RequestsPerMinute < 0 ? "RequestsPerMinute" : limits.TokensPerMinute < 0 ? "TokensPerMinute" : limits.InFlight < 0 ? "InFlight" : null;

    private static void Keys(GatewayOptions options, SettingPaths paths, List<string> problems)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var known = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < options.Keys.Count; i++)
        {
            var key = options.Keys[i];
            var path = paths.Of(key, nameof(options.Keys), i);
            if (!GatewayOptionsValidator.IsName(key.Id))
                problems.Add($"{path}:Id must be a name, without spaces around it; it is no secret.");
            else if (!ids.Add(key.Id))
                problems.Add($"{path}:Id: there is another key '{key.Id}'.");
            if (key.Key is null == key.Hash is null)
                problems.Add($"{path} must have either a Key or a Hash.");
            else if (key.Key is { } value && KeyProblem(value) is { } wrong)
                problems.Add($"{path}:Key {wrong}");
            else if (key.Hash is { } hash && !IsHash(hash))
                problems.Add($"{path}:Hash must be '{KeyOptions.HashPrefix}' and 64 hexadecimal digits.");
            else if (!known.Add(Digest(key)))
                problems.Add($"{path}: another entry has the same key.");
            if (key.Tenant is { } tenant && !GatewayOptionsValidator.IsName(tenant))
                problems.Add($"{path}:Tenant must be a name, without spaces around it.");
            if (key.ExpiresAt is { } expires && !TryTime(expires, out _))
                problems.Add($"{path}:ExpiresAt must be a time such as 2027-01-31T00:00:00Z.");
            Models(key.Models, path, problems);
            Limits(key.Limits, path, problems);
            Budgets(key.Budgets, path, problems);
        }
    }

    // In lower case: the SHA-256 of the key.
    internal static string Digest(KeyOptions key) => key.Hash is { } hash
        ? hash[KeyOptions.HashPrefix.Length..].ToLowerInvariant()
        : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key.Key!)));

    private static string? KeyProblem(string key) =>
        key.Length < KeyOptions.ShortestKey ? $"must have at least {KeyOptions.ShortestKey} characters."
        : key.Any(c => c is <= ' ' or > '~') ? "must be of visible ASCII characters, as it comes in a header."
        : null;

    private static bool IsHash(string hash) =>
        hash.StartsWith(KeyOptions.HashPrefix, StringComparison.OrdinalIgnoreCase) && hash.Length == KeyOptions.HashPrefix.Length + 64
        && hash[KeyOptions.HashPrefix.Length..].All(char.IsAsciiHexDigit);

    private static void Models(IReadOnlyList<string> models, string path, List<string> problems)
    {
        for (var i = 0; i < models.Count; i++)
        {
            if (ModelProblem(models[i]) is { } wrong)
                problems.Add($"{path}:Models:{i} {wrong}");
        }
    }

    private static void Limits(LimitOptions limits, string path, List<string> problems)
    {
        if (LimitProblem(limits) is { } wrong)
            problems.Add($"{path}:Limits:{wrong} must not be negative; 0 allows nothing.");
    }

    private static void Price(PriceOptions price, string path, List<string> problems)
    {
        Check(price.Input, nameof(price.Input));
        Check(price.CachedInput, nameof(price.CachedInput));
        Check(price.Output, nameof(price.Output));

        void Check(decimal? value, string name)
        {
            if (value < 0)
                problems.Add($"{path}:Price:{name} must not be negative.");
        }
    }

    private static void Budgets(IReadOnlyList<BudgetOptions> budgets, string path, List<string> problems)
    {
        for (var i = 0; i < budgets.Count; i++)
        {
            if (BudgetProblem(budgets[i]) is { } wrong)
                problems.Add($"{path}:Budgets:{i}{wrong}");
        }
    }

    public static string? BudgetProblem(BudgetOptions budget) =>
        !BudgetOptions.Periods.Contains(budget.Per, StringComparer.Ordinal) ? $":Per must be one of {string.Join(", ", BudgetOptions.Periods)}."
        : budget.Tokens is null && budget.Cost is null ? " must have Tokens or Cost."
        : budget.Tokens < 0 || budget.Cost < 0 ? " must not be negative; 0 allows nothing."
        : null;

    private static void Admission(GatewayOptions options, List<string> problems)
    {
        const string Limits = $"{GatewayConfiguration.SectionName}:Limits";
        if (options.Limits.MaxWaiting < 0)
            problems.Add($"{Limits}:MaxWaiting must not be negative.");
        GatewayOptionsValidator.Wait($"{Limits}:MaxWait", options.Limits.MaxWait, problems);
        if (options.Limits.ReservedOutput < 0)
            problems.Add($"{Limits}:ReservedOutput must not be negative.");
        if (options.Admin.Key is { } key && KeyProblem(key) is { } wrong)
            problems.Add($"{GatewayConfiguration.SectionName}:Admin:Key {wrong}");
        if (options.Admin.Port is < 1 or > 65535)
            problems.Add($"{GatewayConfiguration.SectionName}:Admin:Port must be from 1 to 65535.");
    }
}
