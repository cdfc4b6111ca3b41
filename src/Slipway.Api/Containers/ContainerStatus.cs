using System.Text.Json.Serialization;

namespace Slipway.Api;

[JsonConverter(typeof(CamelCaseEnum<ContainerStatus>))]
public enum ContainerStatus
{
    Created,
    Running,
    Exited,
}
