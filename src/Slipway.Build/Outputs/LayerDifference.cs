using System.Globalization;
using System.Security.Cryptography;
using Slipway.Images.Layers;

namespace Slipway.Build.Outputs;

/// <summary>Compares two layers entry by entry.</summary>
internal static class LayerDifference
{
    /// <summary>The first entry in which they differ and how, or null where they are the same. Both are sorted in the same way.</summary>
    public static string? First(Stream left, Stream right, CancellationToken cancellationToken)
    {
        using LayerReader one = LayerReader.Open(left), other = LayerReader.Open(right);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            LayerEntry? a = one.Read(), b = other.Read();
            if (a is null || b is null)
            {
                return a is null && b is null ? null : $"/{(a ?? b)!.Path} is only in the {(a is null ? "second" : "first")}";
            }

            if (a.Path != b.Path)
            {
                bool inFirst = string.CompareOrdinal(a.Path, b.Path) < 0;
                return $"/{(inFirst ? a : b).Path} is only in the {(inFirst ? "first" : "second")}";
            }

            if (Fields(a, b) is { } field)
            {
                return $"/{a.Path}: {field}";
            }
        }
    }

    private static string? Fields(LayerEntry a, LayerEntry b)
    {
        if (a.Kind != b.Kind)
        {
            return $"kind {a.Kind} and {b.Kind}";
        }

        if (a.Mode != b.Mode)
        {
            return $"mode {Convert.ToString(a.Mode, 8)} and {Convert.ToString(b.Mode, 8)}";
        }

        if ((a.Uid, a.Gid) != (b.Uid, b.Gid))
        {
            return string.Create(CultureInfo.InvariantCulture, $"owner {a.Uid}:{a.Gid} and {b.Uid}:{b.Gid}");
        }

        if (a.LinkTarget != b.LinkTarget)
        {
            return $"link to {a.LinkTarget} and {b.LinkTarget}";
        }

        if (a.Size != b.Size)
        {
            return string.Create(CultureInfo.InvariantCulture, $"size {a.Size} and {b.Size} bytes");
        }

        // The readers stand at these entries, so their content is read only here.
        if (a.Kind == LayerEntryKind.File && !SHA256.HashData(a.Content).AsSpan().SequenceEqual(SHA256.HashData(b.Content)))
        {
            return "content";
        }

        return a.ModifiedTime != b.ModifiedTime ? string.Create(CultureInfo.InvariantCulture, $"time {a.ModifiedTime.Seconds} and {b.ModifiedTime.Seconds} (seconds since 1970)")
            : !a.Xattrs.Keys.SequenceEqual(b.Xattrs.Keys) || a.Xattrs.Any(xattr => !xattr.Value.Span.SequenceEqual(b.Xattrs[xattr.Key].Span)) ? "extended attributes"
            : null;
    }
}
