using Slipway.Build.Copying;
using Slipway.Content;
using Slipway.Engine;
using Slipway.Images;

namespace Slipway.Build.Running;

/// <summary>Changes files on top of a stack of layers, without a container, and makes the change a layer.</summary>
internal sealed class FileChange(SnapshotStore snapshots, BuildScratch scratch)
{
    /// <summary>Mounts the stack writable, lets <paramref name="change"/> work on it (on a worker thread), and commits.</summary>
    public async ValueTask<Layer> CommitAsync(LayerStack parent, Action<TargetTree> change, DateTimeOffset clamp, CancellationToken cancellationToken)
    {
        Rootfs rootfs = await snapshots.PrepareAsync(parent.AsImage(), cancellationToken);
        string upper = scratch.NewFolder("upper");
        await using (OverlayMount mount = OverlayMount.Mount(rootfs.LowerDirectories, upper, scratch.NewFolder("work"), scratch.NewFolder("root"), isVolatile: true))
        {
            await Task.Run(
                () =>
                {
                    using TargetTree target = TargetTree.Open(mount.Target);
                    change(target);
                },
                cancellationToken);
        }

        return await snapshots.CommitAsync(parent.ChainId, upper, clamp, cancellationToken);
    }
}
