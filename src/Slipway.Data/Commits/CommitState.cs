using System.Text.Json.Serialization;

namespace Slipway.Data.Commits;

/// <summary>Where a commit stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CommitState>))]
public enum CommitState
{
    /// <summary>Takes edits; its tree is not yet known.</summary>
    Open,

    /// <summary>Immutable, and was its branch's head when it finished.</summary>
    Finished,

    /// <summary>Immutable and readable, but nothing builds on it.</summary>
    Failed,
}
