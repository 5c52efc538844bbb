namespace AiGateway.AspNetCore.OpenApi;

/// <summary>Says on an endpoint where the API's description tells of it, wherever an embedder maps it.</summary>
/// <param name="Path">The path in <see cref="ApiDescriptionFile"/>.</param>
internal sealed record DescribedAs(string Path);
