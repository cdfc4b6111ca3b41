using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Slipway.Build.Contexts;
using Slipway.Build.Running;
using Slipway.Content;
using Slipway.Engine;
using Slipway.Images;
using Slipway.Images.Layers;
using Slipway.Linux;

namespace Slipway.Build.Outputs;

/// <summary>An image's files as one tar: what all its layers together show. The same image gives the same bytes.</summary>
/// <param name="workDirectory">For the place where they are mounted.</param>
public sealed class ImageFiles(SnapshotStore snapshots, string workDirectory)
{
    private static readonly byte[] NoBytes = [];

    /// <summary>Writes the tar: entries sorted, parents first, hard links after what they link to.</summary>
    public async ValueTask WriteAsync(Image image, Stream output, CancellationToken cancellationToken)
    {
        using BuildScratch scratch = new(workDirectory);
        Rootfs rootfs = await snapshots.PrepareAsync(image, cancellationToken);
        await using OverlayMount mount = OverlayMount.MountReadOnly(rootfs.LowerDirectories, scratch.NewFolder("files"));
        using SourceTree tree = SourceTree.Open(mount.Target);
        System.IO.Pipelines.Pipe pipe = new();
        Task writing = Task.Run(
            async () =>
            {
                Exception? fault = null;
                try
                {
                    using Stream plain = pipe.Writer.AsStream(leaveOpen: true);
                    new Walk(tree, new LayerWriter(plain), cancellationToken).Write();
                }
                catch (Exception caught)
                {
                    fault = caught;
                }

                await pipe.Writer.CompleteAsync(fault);
            },
            CancellationToken.None);
        try
        {
            await pipe.Reader.CopyToAsync(output, cancellationToken);
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
            await writing;
        }
    }

    private sealed class Walk(SourceTree tree, LayerWriter writer, CancellationToken cancellationToken)
    {
        private readonly Dictionary<ulong, string> _firstNames = [];

        public void Write()
        {
            Children(".");
            writer.Finish();
        }

        private void Children(string directory)
        {
            foreach (SourceEntry entry in tree.List(directory))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!entry.Status.IsSocket)
                {
                    One(entry);
                }

                if (entry.Status.IsDirectory)
                {
                    Children(entry.Path);
                }
            }
        }

        private void One(SourceEntry entry)
        {
            FileStatus status = entry.Status;
            LayerEntry written = new(entry.Path, KindOf(status))
            {
                Mode = status.Permissions,
                Uid = (int)status.User,
                Gid = (int)status.Group,
                ModifiedTime = new(status.ModifiedSeconds, (int)status.ModifiedNanoseconds),
            };
            if (status is { IsDirectory: false, Links: > 1 } && !_firstNames.TryAdd(status.Inode, entry.Path))
            {
                writer.Write(written with { Kind = LayerEntryKind.HardLink, LinkTarget = _firstNames[status.Inode] });
            }
            else if (status.IsSymlink)
            {
                writer.Write(written with { LinkTarget = tree.ReadLink(entry.Path) });
            }
            else if (status.IsRegular)
            {
                using SafeFileHandle file = tree.OpenFile(entry.Path);
                using FileStream content = new(file, FileAccess.Read, bufferSize: 0);
                writer.Write(written with { Size = status.Size, Content = content, Xattrs = XattrsOf(entry.Path) });
            }
            else
            {
                writer.Write(written with { DeviceMajor = (int)(status.NodeDevice >> 32), DeviceMinor = (int)(uint)status.NodeDevice, Xattrs = XattrsOf(entry.Path) });
            }
        }

        private ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> XattrsOf(string path)
        {
            (SafeFileHandle directory, string name) = tree.OpenParent(path);
            using (directory)
            {
                string real = $"/proc/self/fd/{directory.DangerousGetHandle()}/{name}";
                return Libc.ListXattrs(real).Where(xattr => xattr.StartsWith("user.", StringComparison.Ordinal) || xattr == "security.capability")
                    .ToImmutableSortedDictionary(xattr => xattr, xattr => (ReadOnlyMemory<byte>)(Libc.GetXattr(real, xattr) ?? NoBytes), StringComparer.Ordinal);
            }
        }

        private static LayerEntryKind KindOf(FileStatus status) => status switch
        {
            { IsDirectory: true } => LayerEntryKind.Directory,
            { IsSymlink: true } => LayerEntryKind.Symlink,
            { IsCharacterDevice: true } => LayerEntryKind.CharacterDevice,
            { IsBlockDevice: true } => LayerEntryKind.BlockDevice,
            { IsFifo: true } => LayerEntryKind.Fifo,
            _ => LayerEntryKind.File,
        };
    }
}
