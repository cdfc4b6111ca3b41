namespace Slipway.Api;

/// <summary>Everything about one container: what was asked, and how it stands.</summary>
public sealed record ContainerDetails
{
    public required ContainerSummary Summary { get; init; }

    public required string ImageDigest { get; init; }

    public int? Pid { get; init; }

    /// <summary>What it was made from, with the image's values filled in.</summary>
    public required CreateContainerRequest Request { get; init; }
}
