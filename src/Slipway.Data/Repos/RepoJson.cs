using System.Text.Json.Serialization;

namespace Slipway.Data.Repos;

/// <summary>How repos and branches are kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Repo))]
[JsonSerializable(typeof(Branch))]
internal sealed partial class RepoJson : JsonSerializerContext;
