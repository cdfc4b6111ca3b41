namespace Slipway.Api;

public sealed record ContainerDetails
{
    public required ContainerSummary Summary { get; init; }

    public required string ImageDigest { get; init; }

    public int? Pid { get; init; }

    /// <summary>What it was made from, with the image's values filled in.</summary>
    public required CreateContainerRequest Request { get; init; }
}
