using Slipway.Content;

namespace Slipway.Build.Cache.Shared;

/// <summary>A layer that a shared cache answered with is needed now and cannot be had. The answer is forgotten, so that asked again its step runs.</summary>
internal sealed class LayerNotFetchedException(Digest layer) : Exception($"layer {layer} cannot be fetched from any shared cache");
