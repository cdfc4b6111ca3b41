using System.Text.Json.Serialization;

namespace Slipway.Api;

[JsonConverter(typeof(CamelCaseEnum<CommitOrigin>))]
public enum CommitOrigin
{
    User,
    Pipeline,
}
