using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Images;

namespace Slipway.Build.Running;

/// <summary>The files so far, as layers from the bottom up. Two stacks with the same chain id hold the same files.</summary>
internal sealed record LayerStack(ImmutableArray<Layer> Layers)
{
    public static LayerStack Empty { get; } = new([]);

    /// <summary>Null for no layers at all.</summary>
    public Digest? ChainId { get; } = ChainOf(Layers);

    public LayerStack With(Layer layer) => new(Layers.Add(layer));

    /// <summary>An image that only lends its layers, and perhaps a config, to the engine; no store knows it.</summary>
    public Image AsImage(ImageConfig? config = null)
    {
        ImageConfig complete = (config ?? new()) with { DiffIds = [.. Layers.Select(layer => layer.DiffId)] };
        return new(ChainId ?? default, ChainId ?? default, complete, Layers);
    }

    private static Digest? ChainOf(ImmutableArray<Layer> layers)
    {
        Digest? chain = null;
        foreach (Layer layer in layers)
        {
            chain = Images.ChainId.Of(chain, layer.DiffId);
        }

        return chain;
    }
}
