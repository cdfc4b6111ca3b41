using Slipway.Content;

namespace Slipway.Images;

/// <summary>Names a stack of layers by what is in it, whatever the layers' compression (OCI image specification, config.md, "Layer ChainID").</summary>
public static class ChainId
{
    /// <summary>The chain id of <paramref name="diffId"/> on top of <paramref name="parent"/>; the bottom layer's is its diff id.</summary>
    public static Digest Of(Digest? parent, Digest diffId) => parent is { } below ? Digest.Of($"{below} {diffId}") : diffId;
}
