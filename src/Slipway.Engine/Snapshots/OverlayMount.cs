using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>A mounted overlayfs; disposing it unmounts.</summary>
public sealed class OverlayMount : IAsyncDisposable
{
    private int _unmounted;

    private OverlayMount(string target) => Target = target;

    /// <summary>Where it is mounted.</summary>
    public string Target { get; }

    /// <summary>
    /// Stacks <paramref name="lower"/> (topmost first) under <paramref name="upper"/> at <paramref name="target"/>. All directories exist;
    /// <paramref name="work"/> is empty and on the file system of <paramref name="upper"/>, and no other mount uses either.
    /// </summary>
    /// <param name="isVolatile">
    /// Writes need not survive a power cut, so unmounting syncs nothing. The upper directory cannot be mounted again as one afterwards.
    /// </param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Unavailable"/>: the kernel refuses it; the message says why.</exception>
    public static OverlayMount Mount(IReadOnlyList<string> lower, string upper, string work, string target, bool isVolatile = false)
    {
        MountLayers(lower, upper, work, target, isVolatile);
        return new OverlayMount(target);
    }

    /// <summary>Stacks layers (topmost first) to be looked at only.</summary>
    public static OverlayMount MountReadOnly(IReadOnlyList<string> lower, string target)
    {
        if (lower.Count == 1)
        {
            // overlayfs wants two directories where there is no upper one; a bind shows the same.
            Refusable(target, () =>
            {
                Libc.Mount(lower[0], target, null, MountFlags.Bind);
                Libc.Mount(null, target, null, MountFlags.Bind | MountFlags.Remount | MountFlags.ReadOnly);
            });
        }
        else
        {
            MountLayers(lower, null, null, target, isVolatile: false);
        }

        return new OverlayMount(target);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _unmounted, 1) == 0)
        {
            Libc.Unmount(Target);
        }

        return ValueTask.CompletedTask;
    }

    private static void MountLayers(IReadOnlyList<string> lower, string? upper, string? work, string target, bool isVolatile)
    {
        bool isMixed = lower.Append(upper ?? lower[0]).Select(path => Libc.Status(path).Device).Distinct().Skip(1).Any();
        if (OverlayOptions.FitsPlainly(lower, upper, work, isVolatile, isMixed))
        {
            string options = OverlayOptions.Build(lower, upper, work, isVolatile, isMixed);
            Refusable(target, () => Libc.Mount("overlay", target, "overlay", MountFlags.None, options));
            return;
        }

        List<SafeFileHandle> handles = [];
        try
        {
            List<string> links = [.. lower.Select(Link)];
            string? upperLink = upper is null ? null : Link(upper);
            string? workLink = work is null ? null : Link(work);
            string options = OverlayOptions.Build(links, upperLink, workLink, isVolatile, isMixed);
            if (options.Length > OverlayOptions.MaximumBytes)
            {
                throw new SlipwayException(
                    ErrorKind.FailedPrecondition,
                    $"an image of {lower.Count} layers is too tall to be mounted at '{target}'",
                    "Build it from fewer steps: the kernel stacks about 200 layers.");
            }

            Refusable(target, () => Libc.Mount("overlay", target, "overlay", MountFlags.None, options));
        }
        finally
        {
            handles.ForEach(handle => handle.Dispose());
        }

        string Link(string path)
        {
            SafeFileHandle handle = Libc.Open(path, OpenFlags.Path | OpenFlags.Directory);
            handles.Add(handle);
            return $"/proc/self/fd/{handle.DangerousGetHandle()}";
        }
    }

    private static void Refusable(string target, Action mount)
    {
        try
        {
            mount();
        }
        catch (LinuxException fault)
        {
            throw new SlipwayException(
                fault.Errno is Errno.EPERM or Errno.EACCES ? ErrorKind.PermissionDenied : ErrorKind.Unavailable,
                $"the layers cannot be stacked at '{target}': {fault.Message}",
                "Run the server as root, with its directory on ext4, xfs or btrfs (not itself on overlayfs); the kernel's log (`dmesg | tail`) says more.",
                fault);
        }
    }
}
