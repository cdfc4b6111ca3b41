using System.Text.Json.Serialization;

namespace Slipway.Api;

/// <summary>How far a commit is.</summary>
[JsonConverter(typeof(CamelCaseEnum<CommitState>))]
public enum CommitState
{
    Open,
    Finished,
    Failed,
}
