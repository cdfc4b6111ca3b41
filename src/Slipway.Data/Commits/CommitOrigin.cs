using System.Text.Json.Serialization;

namespace Slipway.Data.Commits;

/// <summary>Who made a commit.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CommitOrigin>))]
public enum CommitOrigin
{
    /// <summary>A person or a client.</summary>
    User,

    /// <summary>A pipeline's job.</summary>
    Pipeline,
}
