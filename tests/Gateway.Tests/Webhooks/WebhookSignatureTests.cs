using System.Text;
using AiGateway.Configuration;
using AiGateway.Webhooks;

namespace AiGateway.Tests.Webhooks;

public sealed class WebhookSignatureTests
{
    // Computed with openssl: dgst -sha256 -mac HMAC over "id.timestamp.body".
    [Theory]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, """{"test": 2432232314}""", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("plain-text-secret", "evt_1", 1700000000, """{"a":1}""", "v1,uAXqM5IzDeOZxKYf95QeJ7aEKF2AMMUd/MPAct42fqU=")]
    public void It_is_what_another_program_computes(string secret, string id, long timestamp, string body, string expected) =>
        Assert.Equal(expected, WebhookSignature.Of(new WebhookOptions { Secret = secret }.Key()!, id, timestamp, Encoding.UTF8.GetBytes(body)));
}
