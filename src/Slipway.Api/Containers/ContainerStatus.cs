using System.Text.Json.Serialization;

namespace Slipway.Api;

/// <summary>Where a container is in its life.</summary>
[JsonConverter(typeof(CamelCaseEnum<ContainerStatus>))]
public enum ContainerStatus
{
    Created,
    Running,
    Exited,
}
