using System.Text.Json.Serialization;

namespace Slipway.Api;

[JsonConverter(typeof(CamelCaseEnum<CommitState>))]
public enum CommitState
{
    Open,
    Finished,
    Failed,
}
