using static AiGateway.Configuration.GatewayConfiguration;

namespace AiGateway.Configuration;

/// <summary>Finds everything wrong with settings that could be read. Names settings, providers and models; never repeats a key, a header's value or a URL.</summary>
internal static class GatewayOptionsValidator
{
    // What a timer takes is 49 days; a month is more than any wait here can mean.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(31);

    public static void Validate(GatewayOptions options, SettingPaths paths, List<string> problems)
    {
        ProviderValidator.Validate(options, paths, problems);
        ModelValidator.Validate(options, paths, problems);
        WebhookValidator.Validate(options, paths, problems);
        AccessValidator.Validate(options, paths, problems);
        ClusterValidator.Validate(options, problems);

        if (string.IsNullOrWhiteSpace(options.Storage.Path))
            problems.Add($"{SectionName}:Storage:Path must name a file, or ':memory:'.");
        if (options.Storage.Retention < TimeSpan.Zero)
            problems.Add($"{SectionName}:Storage:Retention must not be negative; 0 keeps responses for ever.");
        if (options.Storage.UsageRetention < TimeSpan.Zero)
            problems.Add($"{SectionName}:Storage:UsageRetention must not be negative; 0 keeps usage for ever.");
        Responses(options.Responses, problems);
        if (options.Telemetry.Key is { } key && HeaderRules.ValueProblem(key) is { } wrongKey)
            problems.Add($"{SectionName}:Telemetry:Key {wrongKey}");
        if (options.Telemetry.OtlpEndpoint is { } endpoint && BaseUrl.Problem(endpoint) is { } wrongEndpoint)
            problems.Add($"{SectionName}:Telemetry:OtlpEndpoint {wrongEndpoint}");
        Cache(options.Cache, problems);
        CrossOriginValidator.Validate(options.Cors, $"{SectionName}:Cors", problems);
        RoutingValidator.Retry($"{SectionName}:Retry", options.Retry, problems);
        SealingKeys(options.Storage, problems);
        if (options.MaxRequestBodyBytes < 1 || options.MaxRequestBodyBytes > Array.MaxLength)
            problems.Add($"{SectionName}:MaxRequestBodyBytes must be from 1 to {Array.MaxLength}.");
        if (options.HeartbeatInterval < TimeSpan.Zero || options.HeartbeatInterval > LongestWait)
            problems.Add($"{SectionName}:HeartbeatInterval must be from 0 (none) to {LongestWait.Days} days.");
        if (options.ReasoningEvents is not (GatewayOptions.CallersNames or GatewayOptions.OpenResponsesNames or GatewayOptions.OpenAiNames))
            problems.Add($"{SectionName}:ReasoningEvents must be '{GatewayOptions.CallersNames}', '{GatewayOptions.OpenResponsesNames}' or '{GatewayOptions.OpenAiNames}'.");
    }

    private static void Responses(ResponsesOptions options, List<string> problems)
    {
        if (options.MaxRunning < 1)
            problems.Add($"{SectionName}:Responses:MaxRunning must be at least 1.");
        if (options.MaxWaiting < 0)
            problems.Add($"{SectionName}:Responses:MaxWaiting must not be negative.");
        if (options.DrainTimeout < TimeSpan.Zero || options.DrainTimeout > LongestWait)
            problems.Add($"{SectionName}:Responses:DrainTimeout must be from 0 to {LongestWait.Days} days.");
        Wait($"{SectionName}:Responses:WebSocketLifetime", options.WebSocketLifetime, problems);
        if (options.WebSocketMaxWaiting < 0)
            problems.Add($"{SectionName}:Responses:WebSocketMaxWaiting must not be negative.");
        if (!options.OnClientGone.Equals(ResponsesOptions.Cancel, StringComparison.OrdinalIgnoreCase) && !options.GoesOnWithoutClient)
            problems.Add($"{SectionName}:Responses:OnClientGone must be '{ResponsesOptions.Cancel}' or '{ResponsesOptions.Continue}'.");
    }

    private static void Cache(CacheOptions options, List<string> problems)
    {
        for (var i = 0; i < options.Apis.Count; i++)
        {
            if (options.Apis[i].ToLowerInvariant() is not ("embeddings" or "chat" or "responses"))
                problems.Add($"{SectionName}:Cache:Apis:{i} must be 'embeddings', 'chat' or 'responses'.");
        }

        if (options.MaxBytes < 0)
            problems.Add($"{SectionName}:Cache:MaxBytes must not be negative; 0 keeps nothing.");
        if (options.MaxEntryBytes < 1)
            problems.Add($"{SectionName}:Cache:MaxEntryBytes must be at least 1.");
        Wait($"{SectionName}:Cache:Ttl", options.Ttl, problems);
    }

    public static void Wait(string path, TimeSpan value, List<string> problems)
    {
        if (value <= TimeSpan.Zero)
            problems.Add($"{path} must be longer than zero.");
        else if (value > LongestWait)
            problems.Add($"{path} must be at most {LongestWait.Days} days.");
    }

    private static void SealingKeys(StorageOptions storage, List<string> problems)
    {
        if (storage.SealingKey is { } key && !IsKey(key))
            problems.Add($"{SectionName}:Storage:SealingKey must be 32 bytes in base64, as 'openssl rand -base64 32' makes them.");
        for (var i = 0; i < storage.PreviousSealingKeys.Count; i++)
        {
            if (!IsKey(storage.PreviousSealingKeys[i]))
                problems.Add($"{SectionName}:Storage:PreviousSealingKeys:{i} must be 32 bytes in base64.");
        }

        static bool IsKey(string text) => Convert.TryFromBase64String(text.Trim(), new byte[32], out var length) && length == 32;
    }

    public static bool IsName(string name) =>
        name.Length > 0 && !char.IsWhiteSpace(name[0]) && !char.IsWhiteSpace(name[^1]) && !name.Any(char.IsControl);
}
