namespace AiGateway.Routing;

/// <summary>What a process found out of a provider.</summary>
/// <param name="Provider">Its name.</param>
/// <param name="BaseUrl">Its address: under another, it is another provider. Null for none.</param>
/// <param name="Source">How it was found out.</param>
/// <param name="DownFor">For how long others should rather go elsewhere; null where it is well again.</param>
public sealed record HealthNews(string Provider, string? BaseUrl, HealthSource Source, TimeSpan? DownFor);
