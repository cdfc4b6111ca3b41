using System.Collections.Immutable;

namespace Slipway.Images.Layers;

/// <summary>What the headers before an entry say about it.</summary>
internal sealed class TarExtensions
{
    /// <summary>The longest extended header that is read, in bytes: it is held in memory.</summary>
    public const int MaximumSize = 1 << 20;

    public PaxRecords Pax { get; } = new();

    public string? LongName { get; set; }

    public string? LongLink { get; set; }

    public static string? TrimNul(byte[] body)
    {
        int end = Array.IndexOf(body, (byte)0);
        string text = TarBlock.Decode(end < 0 ? body : body.AsSpan(0, end));
        return text.Length == 0 ? null : text;
    }

    /// <summary>The extended attributes, without those that belong to an overlay mount of the machine that wrote the layer.</summary>
    public ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Xattrs()
    {
        var xattrs = ImmutableSortedDictionary.CreateBuilder<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach ((string key, byte[] value) in Pax.All)
        {
            if (key.StartsWith(PaxRecords.XattrPrefix, StringComparison.Ordinal)
                && key[PaxRecords.XattrPrefix.Length..] is { Length: > 0 } name
                && !name.StartsWith("trusted.overlay.", StringComparison.Ordinal)
                && !name.StartsWith("user.overlay.", StringComparison.Ordinal))
            {
                xattrs[name] = value;
            }
        }

        return xattrs.ToImmutable();
    }
}
