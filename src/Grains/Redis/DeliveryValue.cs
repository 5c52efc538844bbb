using System.Buffers.Binary;
using AiGateway.Engine;

namespace AiGateway.Grains.Redis;

/// <summary>How a delivery stands in Redis: attempts and time, then its body.</summary>
internal static class DeliveryValue
{
    private const int Head = sizeof(int) + sizeof(long);

    public static byte[] Write(WebhookDelivery delivery)
    {
        var value = new byte[Head + delivery.Body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(value, delivery.Attempts);
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(sizeof(int)), delivery.DueAt.UtcTicks);
        delivery.Body.CopyTo(value.AsMemory(Head));
        return value;
    }

    public static WebhookDelivery Read(string endpoint, string id, byte[] value) => new()
    {
        Id = id,
        Endpoint = endpoint,
        Body = value.AsMemory(Head),
        Attempts = BinaryPrimitives.ReadInt32LittleEndian(value),
        DueAt = RedisTimes.Of(BinaryPrimitives.ReadInt64LittleEndian(value.AsSpan(sizeof(int)))),
    };
}
