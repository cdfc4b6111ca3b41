using Microsoft.Win32.SafeHandles;
using Slipway.Build.Copying;
using Slipway.Content;
using Slipway.Engine;
using Slipway.Images;
using Slipway.Linux;

namespace Slipway.Build.Running;

/// <summary>Changes files on top of a stack of layers, without a container, and makes the change a layer.</summary>
internal sealed class FileChange(SnapshotStore snapshots, BuildScratch scratch)
{
    /// <summary>Mounts the stack writable, lets <paramref name="change"/> work on it (on a worker thread), and commits.</summary>
    public async ValueTask<Layer> CommitAsync(LayerStack parent, Action<TargetTree> change, DateTimeOffset clamp, CancellationToken cancellationToken)
    {
        Rootfs rootfs = await snapshots.PrepareAsync(parent.AsImage(), cancellationToken);
        string upper = scratch.NewFolder("upper");
        if (parent.ChainId is not null)
        {
            LookLike(rootfs.LowerDirectories[0], upper);
        }

        TakenFiles taken = new();
        await using (OverlayMount mount = OverlayMount.Mount(rootfs.LowerDirectories, upper, scratch.NewFolder("work"), scratch.NewFolder("root"), isVolatile: true))
        {
            await Task.Run(
                () =>
                {
                    using TargetTree target = TargetTree.Open(mount.Target, taken);
                    change(target);
                },
                cancellationToken);
        }

        IReadOnlyDictionary<ulong, Func<SafeFileHandle>> elsewhere = await Task.Run(() => taken.PutInto(upper, cancellationToken), cancellationToken);
        return await snapshots.CommitAsync(parent.ChainId, upper, clamp, cancellationToken, elsewhere);
    }

    // The writable layer's root is what a container sees as "/": it is to stay as the image has it.
    private static void LookLike(string lower, string upper)
    {
        FileStatus root = Libc.Status(lower);
        using SafeFileHandle handle = Libc.Open(upper, OpenFlags.Directory);
        Libc.ChangeOwner(handle, (int)root.User, (int)root.Group, upper);
        Libc.Fchmod(handle, root.Permissions, upper);
    }
}
