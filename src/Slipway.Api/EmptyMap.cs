using System.Collections.Frozen;

namespace Slipway.Api;

/// <summary>The map with nothing in it, which unset maps read as.</summary>
internal static class EmptyMap
{
    public static IReadOnlyDictionary<string, string> Value { get; } = FrozenDictionary<string, string>.Empty;
}
