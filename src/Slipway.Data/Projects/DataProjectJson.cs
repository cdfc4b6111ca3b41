using System.Text.Json.Serialization;

namespace Slipway.Data.Projects;

/// <summary>How data projects are kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DataProject))]
internal sealed partial class DataProjectJson : JsonSerializerContext;
