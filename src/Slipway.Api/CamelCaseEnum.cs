using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Api;

/// <summary>Writes an enumeration as its name in camelCase; a number is refused.</summary>
public sealed class CamelCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
