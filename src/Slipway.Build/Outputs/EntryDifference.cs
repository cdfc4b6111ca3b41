using System.Globalization;
using System.Security.Cryptography;
using Slipway.Images.Layers;

namespace Slipway.Build.Outputs;

/// <summary>Compares two entries.</summary>
internal static class EntryDifference
{
    /// <summary>The first thing in which two entries of one path differ, or null. Reads the content of files, so both readers must stand there.</summary>
    public static string? Of(LayerEntry a, LayerEntry b)
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

        if (a.Kind == LayerEntryKind.File && !SHA256.HashData(a.Content).AsSpan().SequenceEqual(SHA256.HashData(b.Content)))
        {
            return "content";
        }

        return a.ModifiedTime != b.ModifiedTime ? string.Create(CultureInfo.InvariantCulture, $"time {a.ModifiedTime.Seconds} and {b.ModifiedTime.Seconds} (seconds since 1970)")
            : !a.Xattrs.Keys.SequenceEqual(b.Xattrs.Keys) || a.Xattrs.Any(xattr => !xattr.Value.Span.SequenceEqual(b.Xattrs[xattr.Key].Span)) ? "extended attributes"
            : null;
    }
}
