using System.Text.Json.Serialization;

namespace Slipway.Data.Repos;

/// <summary>How repos, branches and tags are kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Repo))]
[JsonSerializable(typeof(Branch))]
[JsonSerializable(typeof(Tag))]
[JsonSerializable(typeof(RepoAlias))]
[JsonSerializable(typeof(TriggerMark))]
internal sealed partial class RepoJson : JsonSerializerContext;
