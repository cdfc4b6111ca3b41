namespace Slipway.Engine;

/// <summary>Where a container is in its life.</summary>
public enum ContainerStatus
{
    /// <summary>Made, and not started yet.</summary>
    Created,

    /// <summary>Its first process runs.</summary>
    Running,

    /// <summary>Its first process has ended; the writable layer and the log are kept until it is removed.</summary>
    Exited,
}
