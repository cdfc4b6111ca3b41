using System.Text.Json.Serialization;

namespace Slipway.Api;

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
