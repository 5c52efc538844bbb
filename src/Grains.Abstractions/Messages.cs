// Orleans takes what it sends in the place of another type as a struct with fields that it can set.
#pragma warning disable RCS1242

using System.Runtime.InteropServices;
using AiGateway.Engine;

namespace AiGateway.Grains;

/// <summary>An <see cref="EventPage"/> on its way between two nodes: the bytes are the same as on the wire to clients.</summary>
[GenerateSerializer, Immutable, Alias("AiGateway.Page")]
internal struct EventPageMessage
{
    [Id(0)]
    public long First;

    [Id(1)]
    public int Count;

    [Id(2)]
    public byte[] Frames;
}

/// <summary>A <see cref="StoredResponse"/> on its way between two nodes.</summary>
[GenerateSerializer, Immutable, Alias("AiGateway.StoredResponse")]
internal struct StoredResponseMessage
{
    [Id(0)]
    public string Id;

    [Id(1)]
    public string? Tenant;

    [Id(2)]
    public string Status;

    [Id(3)]
    public DateTimeOffset CreatedAt;

    [Id(4)]
    public byte[] Body;

    [Id(5)]
    public byte[] Input;

    [Id(6)]
    public string? PreviousResponseId;

    [Id(7)]
    public string? Conversation;

    [Id(8)]
    public long ConversationPosition;

    [Id(9)]
    public bool Background;

    [Id(10)]
    public bool Stream;

    [Id(11)]
    public long LastSequence;

    [Id(12)]
    public long Epoch;

    [Id(13)]
    public string? Owner;

    [Id(14)]
    public RunRequestMessage? Run;

    [Id(15)]
    public string? IdempotencyKey;

    [Id(16)]
    public string? BodyHash;

    [Id(17)]
    public string? KeyId;
}

/// <summary>A <see cref="RunRequest"/> on its way between two nodes.</summary>
[GenerateSerializer, Immutable, Alias("AiGateway.RunRequest")]
internal sealed class RunRequestMessage
{
    [Id(0)]
    public string RequestId { get; init; } = "";

    [Id(1)]
    public byte[] Body { get; init; } = [];

    [Id(2)]
    public string? AskedModel { get; init; }

    [Id(3)]
    public string[] Headers { get; init; } = [];

    [Id(4)]
    public CapacityLimitMessage? KeyLimit { get; init; }
}

/// <summary>A <see cref="CapacityLimit"/> on its way between two nodes.</summary>
[GenerateSerializer, Immutable, Alias("AiGateway.CapacityLimit")]
internal sealed record CapacityLimitMessage(
    [property: Id(0)] string Scope,
    [property: Id(1)] string Name,
    [property: Id(2)] long? Requests,
    [property: Id(3)] long? Tokens,
    [property: Id(4)] long? InFlight,
    [property: Id(5)] CapacityBudgetMessage[] Budgets)
{
    public static CapacityLimitMessage? Of(CapacityLimit? limit) => limit is null ? null : new(
        limit.Scope, limit.Name, limit.Requests, limit.Tokens, limit.InFlight, [.. limit.Budgets.Select(b => new CapacityBudgetMessage(b.Per, b.Tokens, b.Cost))]);

    public CapacityLimit ToLimit() => new(Scope, Name)
    {
        Requests = Requests,
        Tokens = Tokens,
        InFlight = InFlight,
        Budgets = [.. Budgets.Select(b => new CapacityBudget(b.Per, b.Tokens, b.Cost))],
    };
}

/// <summary>A <see cref="CapacityBudget"/> on its way between two nodes.</summary>
[GenerateSerializer, Immutable, Alias("AiGateway.CapacityBudget")]
internal sealed record CapacityBudgetMessage([property: Id(0)] string Per, [property: Id(1)] long? Tokens, [property: Id(2)] decimal? Cost);

/// <summary>Makes messages of pages.</summary>
[RegisterConverter]
internal sealed class EventPageConverter : IConverter<EventPage, EventPageMessage>
{
    public EventPage ConvertFromSurrogate(in EventPageMessage surrogate) => new(surrogate.First, surrogate.Count, surrogate.Frames);

    public EventPageMessage ConvertToSurrogate(in EventPage value) => new() { First = value.First, Count = value.Count, Frames = Bytes.Of(value.Frames) };
}

/// <summary>Makes messages of responses.</summary>
[RegisterConverter]
internal sealed class StoredResponseConverter : IConverter<StoredResponse, StoredResponseMessage>
{
    public StoredResponse ConvertFromSurrogate(in StoredResponseMessage surrogate) => new()
    {
        Id = surrogate.Id,
        Tenant = surrogate.Tenant,
        KeyId = surrogate.KeyId,
        Status = surrogate.Status,
        CreatedAt = surrogate.CreatedAt,
        Body = surrogate.Body,
        Input = surrogate.Input,
        PreviousResponseId = surrogate.PreviousResponseId,
        Conversation = surrogate.Conversation,
        ConversationPosition = surrogate.ConversationPosition,
        Background = surrogate.Background,
        Stream = surrogate.Stream,
        LastSequence = surrogate.LastSequence,
        Epoch = surrogate.Epoch,
        Owner = surrogate.Owner,
        IdempotencyKey = surrogate.IdempotencyKey is { } key ? new IdempotencyKey(key, surrogate.BodyHash!) : null,
        Run = surrogate.Run is not { } run ? null : new RunRequest
        {
            RequestId = run.RequestId,
            Body = run.Body,
            AskedModel = run.AskedModel,
            Headers = [.. run.Headers.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], pair[1]))],
            KeyLimit = run.KeyLimit?.ToLimit(),
        },
    };

    public StoredResponseMessage ConvertToSurrogate(in StoredResponse value) => new()
    {
        Id = value.Id,
        Tenant = value.Tenant,
        KeyId = value.KeyId,
        Status = value.Status,
        CreatedAt = value.CreatedAt,
        Body = Bytes.Of(value.Body),
        Input = Bytes.Of(value.Input),
        PreviousResponseId = value.PreviousResponseId,
        Conversation = value.Conversation,
        ConversationPosition = value.ConversationPosition,
        Background = value.Background,
        Stream = value.Stream,
        LastSequence = value.LastSequence,
        Epoch = value.Epoch,
        Owner = value.Owner,
        IdempotencyKey = value.IdempotencyKey?.Key,
        BodyHash = value.IdempotencyKey?.BodyHash,
        Run = value.Run is not { } run ? null : new RunRequestMessage
        {
            RequestId = run.RequestId,
            Body = Bytes.Of(run.Body),
            AskedModel = run.AskedModel,
            Headers = [.. run.Headers.SelectMany(header => new[] { header.Key, header.Value })],
            KeyLimit = CapacityLimitMessage.Of(run.KeyLimit),
        },
    };
}

/// <summary>Bytes as an array: the one that they are, where they are a whole one.</summary>
internal static class Bytes
{
    public static byte[] Of(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : bytes.ToArray();
}
