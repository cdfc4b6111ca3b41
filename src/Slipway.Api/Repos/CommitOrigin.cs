using System.Text.Json.Serialization;

namespace Slipway.Api;

/// <summary>Who made a commit.</summary>
[JsonConverter(typeof(CamelCaseEnum<CommitOrigin>))]
public enum CommitOrigin
{
    User,
    Pipeline,
}
