using System.Text.Json.Serialization;

namespace Slipway.Api;

/// <summary>Which network a container sees.</summary>
[JsonConverter(typeof(CamelCaseEnum<ContainerNetwork>))]
public enum ContainerNetwork
{
    /// <summary>The host's own network.</summary>
    Host,

    /// <summary>The loopback alone.</summary>
    None,
}
