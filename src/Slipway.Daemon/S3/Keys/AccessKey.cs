using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Daemon.Registry.Access;
using Slipway.Images;

namespace Slipway.Daemon.S3.Keys;

/// <summary>What a client on the TCP port proves itself with. The secret is kept as it is: a signature cannot be checked with less.</summary>
/// <param name="Secret">In no log and no message.</param>
/// <param name="Repositories">Where not null, the key is for these repositories of the registry and for nothing else of the server.</param>
internal sealed record AccessKey(
    string Id, string Secret, string Name, bool ReadOnly, DateTimeOffset Created, ImmutableArray<RepositoryGrant>? Repositories = null)
{
    /// <summary>What it may, for a message.</summary>
    [JsonIgnore]
    public string Summary => Repositories is { } grants ? string.Join(' ', grants) : ReadOnly ? "read" : "read and write";

    /// <summary>What it may do in a repository of the registry.</summary>
    public RepositoryRights RightsIn(RepositoryName repository) => Repositories is { } grants
        ? grants.Where(grant => grant.Covers(repository)).Aggregate(RepositoryRights.None, (all, grant) => all | grant.Rights)
        : ReadOnly ? RepositoryRights.Pull : RepositoryRights.All;

    public override string ToString() => Id;
}

/// <summary>How access keys are kept.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AccessKey))]
internal sealed partial class AccessKeyJson : JsonSerializerContext;
