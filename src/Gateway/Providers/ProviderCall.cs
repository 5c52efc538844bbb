using System.Diagnostics;
using AiGateway.Protocol;

namespace AiGateway.Providers;

/// <summary>One call to a provider.</summary>
public sealed class ProviderCall
{
    /// <summary>The API family; it decides the path.</summary>
    public required ApiKind Api { get; init; }

    /// <summary>The body: UTF-8 JSON, with the provider's own model name in it. Empty for a GET.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>For <see cref="ApiKind.Models"/>: the model asked for; null for the list.</summary>
    public string? ModelId { get; init; }

    /// <summary>Whether the input is only to be counted, and not answered. For the families of <see cref="IProvider.Counts"/>; the answer says <c>input_tokens</c>.</summary>
    public bool CountsInput { get; init; }

    /// <summary>Whether the body asks for a stream.</summary>
    public bool Stream { get; init; }

    /// <summary>The client's headers, of which those on the provider's allow-list go on. Null: none.</summary>
    public CallHeaders? ClientHeaders { get; init; }

    /// <summary>The gateway's id of the client's call, for the provider's log; null for none.</summary>
    internal string? RequestId { get; set; }

    /// <summary>The model, as the provider calls it; null where none is asked.</summary>
    internal string? Model { get; set; }

    /// <summary>The activity that the provider is to continue, in the place of the client's; null where nobody traces.</summary>
    internal Activity? Trace { get; set; }

    /// <summary>What whoever made the call has to know to read its answer; null for nothing.</summary>
    internal object? Reading { get; init; }
}
