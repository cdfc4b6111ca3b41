namespace Slipway.Engine;

/// <summary>Which network a container sees.</summary>
public enum NetworkMode
{
    /// <summary>The host's interfaces and names.</summary>
    Host,

    /// <summary>A loopback interface only.</summary>
    None,
}
