using System.Collections.Immutable;
using Slipway.Content;

namespace Slipway.Images;

/// <summary>An image in the store: a value whose identity is its manifest's digest. Layers stand bottom first.</summary>
public sealed record Image(Digest Digest, Digest ConfigDigest, ImageConfig Config, ImmutableArray<Layer> Layers)
{
    /// <summary>The manifest's annotations.</summary>
    public ImmutableSortedDictionary<string, string> Annotations { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Bytes of all layers as they are stored.</summary>
    public long Size => Layers.Sum(layer => layer.Descriptor.Size);

    /// <summary>The chain id of the lowest <paramref name="layerCount"/> layers (at least one).</summary>
    public Digest ChainId(int layerCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layerCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(layerCount, Layers.Length);
        Digest? chain = null;
        foreach (Layer layer in Layers.AsSpan()[..layerCount])
        {
            chain = Images.ChainId.Of(chain, layer.DiffId);
        }

        return chain!.Value;
    }

    /// <summary>Two images are the same where their manifests are: arrays would compare by reference.</summary>
    public bool Equals(Image? other) => other is not null && Digest == other.Digest;

    /// <inheritdoc/>
    public override int GetHashCode() => Digest.GetHashCode();
}
