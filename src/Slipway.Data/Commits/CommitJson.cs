using System.Text.Json.Serialization;

namespace Slipway.Data.Commits;

/// <summary>How commits and their journals are kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Commit))]
[JsonSerializable(typeof(CommitMark))]
[JsonSerializable(typeof(JournalPage))]
internal sealed partial class CommitJson : JsonSerializerContext;
