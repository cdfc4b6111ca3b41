using System.Text.Json.Serialization;

namespace Slipway.Daemon.S3.Keys;

/// <summary>What a client on the TCP port proves itself with. The secret is kept as it is: a signature cannot be checked with less.</summary>
/// <param name="Secret">In no log and no message.</param>
internal sealed record AccessKey(string Id, string Secret, string Name, bool ReadOnly, DateTimeOffset Created)
{
    public override string ToString() => Id;
}

/// <summary>How access keys are kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AccessKey))]
internal sealed partial class AccessKeyJson : JsonSerializerContext;
