using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Images.Layers;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>
/// Writes a layer's entries into an empty directory in overlayfs's form. Every path is resolved by this class within the layer and the ones
/// below it, and opened without following any symlink, beneath the root: an entry can reach nothing else, whatever it says.
/// </summary>
internal sealed class LayerExtractor : IDisposable
{
    private const int BufferSize = 128 * 1024;

    private readonly SafeFileHandle _root;
    private readonly LowerLayers _lower;
    private readonly LayerPaths _paths;
    private readonly List<(string Path, UnixTime Time)> _directoryTimes = [];
    private readonly byte[] _buffer = new byte[BufferSize];

    /// <param name="lowerDirectories">Topmost first.</param>
    public LayerExtractor(string directory, IEnumerable<string> lowerDirectories)
    {
        _root = Libc.Open(directory, OpenFlags.Directory);
        _lower = new LowerLayers(lowerDirectories);
        _paths = new LayerPaths(_root, _lower);

        // The topmost layer's root is what a container sees as "/": where no entry describes it, it stays as the layers below have it.
        if (_lower.Root is { } root)
        {
            Libc.ChangeOwner(_root, (int)root.User, (int)root.Group);
            Libc.Fchmod(_root, root.Permissions);
        }
    }

    /// <summary>True once an entry has said that nothing of the layers below is to be seen at all.</summary>
    public bool HidesEverythingBelow { get; private set; }

    /// <summary>Unpacks all entries of <paramref name="reader"/>, then sets the directories' times.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.InvalidArgument"/>: an entry would leave the root or contradicts another; the message names it.
    /// <see cref="ErrorKind.OutOfSpace"/>.
    /// </exception>
    public void Extract(LayerReader reader, CancellationToken cancellationToken)
    {
        while (reader.Read() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                Extract(entry);
            }
            catch (LinuxException fault)
            {
                throw fault.Errno is Errno.ENOSPC or Errno.EDQUOT
                    ? new SlipwayException(ErrorKind.OutOfSpace, $"the disk is full while '{entry.Path}' is unpacked", "Free space with `slipway rmi`, or move the server's directory.", fault)
                    : new SlipwayException(ErrorKind.InvalidArgument, $"the layer's entry '{entry.Path}' cannot be unpacked: {fault.Message}", innerException: fault);
            }
        }

        // The deepest first is not needed: setting a child's time does not change its parent's.
        foreach ((string path, UnixTime time) in _directoryTimes)
        {
            using SafeFileHandle? directory = _paths.TryOpenDirectory(path);
            if (directory is not null)
            {
                Libc.SetTimesAt(directory, ".", time.Seconds, time.Nanoseconds);
            }
        }
    }

    public void Dispose()
    {
        _paths.Dispose();
        _lower.Dispose();
        _root.Dispose();
    }

    private void Extract(LayerEntry entry)
    {
        if (entry.Path.Length == 0)
        {
            SetRoot(entry);
            return;
        }

        (string parentPath, SafeFileHandle parent) = _paths.OpenParent(entry.Parent);
        if (entry.IsOpaqueMarker)
        {
            HidesEverythingBelow |= parentPath.Length == 0;
            OverlayMarks.MakeOpaque(parent);
            return;
        }

        if (entry.Whiteout is { } removed)
        {
            MakeWhiteout(parent, removed[(removed.LastIndexOf('/') + 1)..], entry);
            return;
        }

        switch (entry.Kind)
        {
            case LayerEntryKind.Directory:
                MakeDirectory(parentPath, parent, entry);
                break;
            case LayerEntryKind.File:
                MakeFile(parentPath, parent, entry);
                break;
            case LayerEntryKind.Symlink:
                MakeRoom(parentPath, parent, entry.Name);
                Libc.SymlinkAt(entry.LinkTarget ?? "", parent, entry.Name);
                Libc.ChangeOwnerAt(parent, entry.Name, entry.Uid, entry.Gid);
                SetXattrs(DescriptorPath.Of(parent, entry.Name), entry);
                Libc.SetTimesAt(parent, entry.Name, entry.ModifiedTime.Seconds, entry.ModifiedTime.Nanoseconds);
                break;
            case LayerEntryKind.HardLink:
                MakeHardLink(parentPath, parent, entry);
                break;
            default:
                MakeNode(parentPath, parent, entry);
                break;
        }
    }

    private void SetRoot(LayerEntry entry)
    {
        if (entry.Kind != LayerEntryKind.Directory)
        {
            throw Refuse(entry, "the root of a layer is a directory");
        }

        Libc.ChangeOwner(_root, entry.Uid, entry.Gid);
        SetXattrs(DescriptorPath.Of(_root), entry);
        Libc.Fchmod(_root, entry.Mode);
        _directoryTimes.Add(("", entry.ModifiedTime));
    }

    private static void MakeWhiteout(SafeFileHandle parent, string name, LayerEntry entry)
    {
        if (name is "" or "." or "..")
        {
            throw Refuse(entry, "it removes a directory's own name");
        }

        // What the layer itself has put there stays: a whiteout speaks of the layers below, wherever it stands in the tar.
        if (Libc.StatusAt(parent, name) is not { } status)
        {
            OverlayMarks.MakeWhiteout(parent, name);
        }
        else if (status.IsDirectory)
        {
            using SafeFileHandle directory = Libc.OpenAt(parent, name, OpenFlags.Directory | OpenFlags.NoFollow, ResolveFlags.Beneath | ResolveFlags.NoSymlinks);
            OverlayMarks.MakeOpaque(directory);
        }
    }

    private void MakeDirectory(string parentPath, SafeFileHandle parent, LayerEntry entry)
    {
        FileStatus? existing = Libc.StatusAt(parent, entry.Name);
        if (existing is not { IsDirectory: true })
        {
            if (existing is not null)
            {
                MakeRoom(parentPath, parent, entry.Name);
            }

            Libc.MakeDirectoryAt(parent, entry.Name, 0x1C0);
        }

        using SafeFileHandle directory = Libc.OpenAt(parent, entry.Name, OpenFlags.Directory | OpenFlags.NoFollow, ResolveFlags.Beneath | ResolveFlags.NoSymlinks);
        if (existing is { } before && OverlayMarks.IsWhiteout(before))
        {
            OverlayMarks.MakeOpaque(directory);
        }

        Libc.ChangeOwner(directory, entry.Uid, entry.Gid);
        SetXattrs(DescriptorPath.Of(directory), entry);
        Libc.Fchmod(directory, entry.Mode);
        _directoryTimes.Add((LayerPaths.Join(parentPath, entry.Name), entry.ModifiedTime));
    }

    private void MakeFile(string parentPath, SafeFileHandle parent, LayerEntry entry)
    {
        using SafeFileHandle file = CreateFile(parentPath, parent, entry.Name);
        long offset = 0;
        int read;
        while ((read = entry.Content.ReadAtLeast(_buffer, BufferSize, throwOnEndOfStream: false)) > 0)
        {
            // A block of zeros becomes a hole: sparse files stay sparse.
            if (read < BufferSize || _buffer.AsSpan(0, read).ContainsAnyExcept((byte)0))
            {
                RandomAccess.Write(file, _buffer.AsSpan(0, read), offset);
            }

            offset += read;
        }

        if (offset != entry.Size)
        {
            throw Refuse(entry, $"it has {offset} bytes where its header says {entry.Size}");
        }

        RandomAccess.SetLength(file, offset);
        Libc.ChangeOwner(file, entry.Uid, entry.Gid);
        SetXattrs(DescriptorPath.Of(parent, entry.Name), entry);
        Libc.Fchmod(file, entry.Mode);
        Libc.SetTimes(file, entry.ModifiedTime.Seconds, entry.ModifiedTime.Nanoseconds);
    }

    private void MakeHardLink(string parentPath, SafeFileHandle parent, LayerEntry entry)
    {
        string target = _paths.Resolve(entry.LinkTarget ?? "");
        string path = LayerPaths.Join(parentPath, entry.Name);
        if (target == path)
        {
            return;
        }

        FileStatus? inLayer = LowerLayers.Lookup(_root, target);
        if (inLayer is { IsDirectory: true } || (inLayer is { } status && OverlayMarks.IsWhiteout(status)))
        {
            throw Refuse(entry, $"it links to '{entry.LinkTarget}', which is {(inLayer.Value.IsDirectory ? "a directory" : "removed by the same layer")}");
        }

        MakeRoom(parentPath, parent, entry.Name);
        if (inLayer is not null)
        {
            using SafeFileHandle targetParent = _paths.TryOpenDirectory(LayerPaths.ParentOf(target)) ?? throw Refuse(entry, "its target is gone");
            Libc.LinkAt(targetParent, LayerPaths.NameOf(target), parent, entry.Name);
        }
        else if (_lower.Find(target) is { Status.IsRegular: true } below)
        {
            CopyFromBelow(below, parentPath, parent, entry.Name);
        }
        else
        {
            throw Refuse(entry, $"it links to '{entry.LinkTarget}', which is no file in this layer or one below");
        }
    }

    /// <summary>A hard link cannot cross layers, so the file becomes one of this layer's own.</summary>
    private void CopyFromBelow(LayerNode below, string parentPath, SafeFileHandle parent, string name)
    {
        using SafeFileHandle source = Libc.OpenAt(below.Directory, below.Path, OpenFlags.NoFollow, ResolveFlags.Beneath | ResolveFlags.NoSymlinks);
        using SafeFileHandle file = CreateFile(parentPath, parent, name);
        long offset = 0;
        int read;
        while ((read = RandomAccess.Read(source, _buffer, offset)) > 0)
        {
            RandomAccess.Write(file, _buffer.AsSpan(0, read), offset);
            offset += read;
        }

        FileStatus status = below.Status;
        Libc.ChangeOwner(file, (int)status.User, (int)status.Group);
        string sourcePath = $"/proc/self/fd/{source.DangerousGetHandle()}";
        foreach (string xattr in Libc.ListXattrs(DescriptorPath.Of(below.Directory, below.Path)).Where(OverlayMarks.IsKept))
        {
            Libc.SetXattr(file, xattr, Libc.GetXattr(DescriptorPath.Of(below.Directory, below.Path), xattr), sourcePath);
        }

        Libc.Fchmod(file, status.Permissions);
        Libc.SetTimes(file, status.ModifiedSeconds, status.ModifiedNanoseconds);
    }

    private void MakeNode(string parentPath, SafeFileHandle parent, LayerEntry entry)
    {
        int type = entry.Kind switch
        {
            LayerEntryKind.CharacterDevice => 0x2000,
            LayerEntryKind.BlockDevice => 0x6000,
            LayerEntryKind.Fifo => 0x1000,
            _ => throw Refuse(entry, $"a layer cannot hold a {entry.Kind}"),
        };
        if (entry is { Kind: LayerEntryKind.CharacterDevice, DeviceMajor: 0, DeviceMinor: 0 })
        {
            throw Refuse(entry, "a character device 0/0 is how overlayfs removes files; a layer says that by a '.wh.' entry");
        }

        MakeRoom(parentPath, parent, entry.Name);
        Libc.MakeNodeAt(parent, entry.Name, type | 0x180, (uint)entry.DeviceMajor, (uint)entry.DeviceMinor);
        Libc.ChangeOwnerAt(parent, entry.Name, entry.Uid, entry.Gid);
        SetXattrs(DescriptorPath.Of(parent, entry.Name), entry);
        Libc.ChangeModeAt(parent, entry.Name, entry.Mode);
        Libc.SetTimesAt(parent, entry.Name, entry.ModifiedTime.Seconds, entry.ModifiedTime.Nanoseconds);
    }

    private SafeFileHandle CreateFile(string parentPath, SafeFileHandle parent, string name)
    {
        const OpenFlags flags = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow;
        const ResolveFlags beneath = ResolveFlags.Beneath | ResolveFlags.NoSymlinks;
        SafeFileHandle file = Libc.TryOpenAt(parent, name, flags, beneath, out int errno, 0x180);
        if (errno == Errno.EEXIST)
        {
            MakeRoom(parentPath, parent, name);
            return Libc.OpenAt(parent, name, flags, beneath, 0x180);
        }

        return errno == 0 ? file : throw new LinuxException(errno, "openat2", name);
    }

    /// <summary>Removes what an earlier entry (or whiteout) of the same layer has put at the name.</summary>
    private void MakeRoom(string parentPath, SafeFileHandle parent, string name)
    {
        switch (Libc.StatusAt(parent, name))
        {
            case null:
                break;
            case { IsDirectory: true }:
                DirectoryTree.Delete($"/proc/self/fd/{parent.DangerousGetHandle()}/{name}");
                _paths.Forget(LayerPaths.Join(parentPath, name));
                break;
            default:
                Libc.UnlinkAt(parent, name, isDirectory: false);
                break;
        }
    }

    private static void SetXattrs(string path, LayerEntry entry)
    {
        foreach ((string name, ReadOnlyMemory<byte> value) in entry.Xattrs)
        {
            if (!OverlayMarks.IsKept(name))
            {
                continue;
            }

            try
            {
                Libc.SetXattr(path, name, value.Span);
            }
            catch (LinuxException fault) when (fault.Errno == Errno.ENOTSUP)
            {
                // The file system cannot hold this attribute; the file without it is what every engine gives then.
            }
        }
    }

    private static SlipwayException Refuse(LayerEntry entry, string why) =>
        new(ErrorKind.InvalidArgument, $"the layer's entry '{entry.Path}' is refused: {why}");
}
