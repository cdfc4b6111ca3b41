using System.Text.Json.Serialization;

namespace Slipway.Api;

/// <summary>Where a datum stands in its job.</summary>
[JsonConverter(typeof(CamelCaseEnum<DatumState>))]
public enum DatumState
{
    Waiting,
    Running,
    Processed,
    Skipped,
    Failed,
    Recovered,
}
