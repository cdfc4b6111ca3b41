namespace Slipway.Build;

/// <summary>A secret of the caller: kept in memory only, in no layer, log, cache key or argument.</summary>
public sealed class BuildSecret(ReadOnlyMemory<byte> content)
{
    public ReadOnlyMemory<byte> Content { get; } = content;

    /// <summary>Never the content, wherever this ends up.</summary>
    public override string ToString() => "secret";
}
