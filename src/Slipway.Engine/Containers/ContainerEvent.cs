namespace Slipway.Engine;

/// <summary>What happened to a container.</summary>
public enum ContainerEventKind
{
    Created,
    Started,
    Exited,
    Removed,
}

/// <summary>Something that happened to a container.</summary>
/// <param name="Container">As it was right after.</param>
public sealed record ContainerEvent(ContainerEventKind Kind, ContainerInfo Container);
