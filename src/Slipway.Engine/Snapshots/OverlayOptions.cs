using System.Text;

namespace Slipway.Engine;

/// <summary>
/// The option string of an overlay mount. mount(2) takes one page of it, and it treats <c>:</c>, <c>,</c> and <c>\</c> specially; where plain
/// paths are too long or hold such a character, the caller gives /proc/self/fd paths of open directories instead, which never do.
/// </summary>
internal static class OverlayOptions
{
    /// <summary>The longest string that certainly fits in the kernel's page with its closing NUL.</summary>
    public const int MaximumBytes = 4095;

    /// <summary>True where the paths can stand in the string as they are.</summary>
    public static bool FitsPlainly(IReadOnlyList<string> lower, string? upper, string? work, bool isVolatile, bool isMixed = false) =>
        !lower.Append(upper ?? "").Append(work ?? "").Any(path => path.AsSpan().ContainsAny(":,\\\"") || path.Contains('\n', StringComparison.Ordinal))
        && Encoding.UTF8.GetByteCount(Build(lower, upper, work, isVolatile, isMixed)) <= MaximumBytes;

    /// <summary>
    /// Stacks <paramref name="lower"/> (topmost first) below <paramref name="upper"/>. Redirects, metacopies and the index are off, so that the
    /// upper directory holds whole files and plain whiteouts and nothing else: that is what a layer is written from.
    /// </summary>
    /// <param name="isVolatile">Nothing in the upper directory needs to survive a power cut: overlayfs then never syncs it.</param>
    /// <param name="isMixed">
    /// The directories are of several file systems: the mount is then to show one device and numbers of inodes that stay, as it does by itself on one. Without it <c>du -x</c>
    /// and <c>tar --one-file-system</c> leave out the files of the layers. It is <c>auto</c> and not <c>on</c>, which would mark each new directory as hiding those below, and the
    /// mark would come into the layers that are written.
    /// </param>
    public static string Build(IReadOnlyList<string> lower, string? upper, string? work, bool isVolatile, bool isMixed = false)
    {
        StringBuilder options = new("lowerdir=");
        options.AppendJoin(':', lower);
        if (upper is not null)
        {
            options.Append(",upperdir=").Append(upper).Append(",workdir=").Append(work);
        }

        options.Append(",redirect_dir=off,metacopy=off,index=off");
        if (isVolatile && upper is not null)
        {
            options.Append(",volatile");
        }

        if (isMixed)
        {
            options.Append(",xino=auto");
        }

        return options.ToString();
    }
}
