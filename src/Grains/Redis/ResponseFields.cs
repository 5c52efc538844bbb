using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AiGateway.Engine;
using StackExchange.Redis;

namespace AiGateway.Grains.Redis;

/// <summary>How a response stands in a Redis hash.</summary>
internal static class ResponseFields
{
    private const string TenantField = "tenant";
    private const string KeyIdField = "key_id";
    private const string Status = "status";
    private const string Created = "created";
    private const string Background = "background";
    private const string Stream = "stream";
    private const string Previous = "previous";
    private const string Conversation = "conv";
    private const string Position = "position";
    private const string Epoch = "epoch";
    private const string Last = "last";
    private const string Key = "key";
    private const string Hash = "hash";
    private const string Owner = "owner";
    private const string Input = "input";
    private const string Body = "body";
    private const string Run = "run";

    /// <summary>Names and values of a response's fields, one after the other.</summary>
    public static List<RedisValue> Write(StoredResponse response)
    {
        var fields = new List<RedisValue>
        {
            TenantField, RedisKeys.Tenant(response.Tenant),
            Status, response.Status,
            Created, response.CreatedAt.UtcTicks,
            Background, response.Background,
            Stream, response.Stream,
            Position, response.ConversationPosition,
            Epoch, response.Epoch,
            Last, -1,
            Input, response.Input,
            Body, response.Body,
        };
        Add(KeyIdField, response.KeyId);
        Add(Previous, response.PreviousResponseId);
        Add(Conversation, response.Conversation);
        Add(Key, response.IdempotencyKey?.Key);
        Add(Hash, response.IdempotencyKey?.BodyHash);
        Add(Owner, response.Owner);
        if (response.Run is { } run)
            fields.AddRange([Run, JsonSerializer.SerializeToUtf8Bytes(run, RunRequestJson.Default.RunRequest)]);
        return fields;

        void Add(string name, string? value)
        {
            if (value is not null)
                fields.AddRange([name, value]);
        }
    }

    /// <summary>Reads a response.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="fields">Its fields; empty where there is none.</param>
    public static StoredResponse? Read(string id, HashEntry[] fields)
    {
        if (fields.Length == 0)
            return null;
        var values = fields.ToDictionary(f => (string)f.Name!, f => f.Value, StringComparer.Ordinal);
        return new StoredResponse
        {
            Id = id,
            Tenant = RedisKeys.TenantOf((string)values[TenantField]!),
            KeyId = values.GetValueOrDefault(KeyIdField),
            Status = (string)values[Status]!,
            CreatedAt = RedisTimes.Of((long)values[Created]),
            Background = (bool)values[Background],
            Stream = (bool)values[Stream],
            PreviousResponseId = values.GetValueOrDefault(Previous),
            Conversation = values.GetValueOrDefault(Conversation),
            ConversationPosition = (long)values[Position],
            Epoch = (long)values[Epoch],
            LastSequence = (long)values[Last],
            IdempotencyKey = values.TryGetValue(Key, out var key) ? new IdempotencyKey(key!, values[Hash]!) : null,
            Owner = values.GetValueOrDefault(Owner),
            Input = (byte[])values[Input]!,
            Body = (byte[])values[Body]!,
            Run = values.TryGetValue(Run, out var run) ? JsonSerializer.Deserialize((byte[])run!, RunRequestJson.Default.RunRequest) : null,
        };
    }

    /// <summary>Reads a response out of a script's flat list of names and values.</summary>
    public static StoredResponse? Read(string id, RedisResult result)
    {
        if (result.IsNull || result.Length <= 0)
            return null;
        var flat = (RedisValue[])result!;
        var fields = new HashEntry[flat.Length / 2];
        for (var i = 0; i < fields.Length; i++)
            fields[i] = new HashEntry(flat[2 * i], flat[(2 * i) + 1]);
        return Read(id, fields);
    }

    /// <summary>A number as a script compares it.</summary>
    public static RedisValue Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}

[JsonSerializable(typeof(RunRequest))]
internal sealed partial class RunRequestJson : JsonSerializerContext;
