using System.Collections.Immutable;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Images.Layers;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>
/// Writes the upper directory of an overlay, at rest, as a layer: entries in byte order of their names, parents first, so that the same
/// files give the same bytes. Sets times that are later than <paramref name="clampTo"/> to it, in the layer and on the disk, and takes
/// overlayfs's own notes off the files, so that the directory is then a snapshot like any that was unpacked.
/// </summary>
/// <param name="elsewhere">By inode of a file that has its length alone: what opens its content.</param>
internal sealed class UpperLayer(LayerWriter writer, UnixTime clampTo, IReadOnlyDictionary<ulong, Func<SafeFileHandle>> elsewhere, CancellationToken cancellationToken)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<ulong, string> _firstNames = [];

    /// <summary>Writes everything below <paramref name="directory"/>; its root itself is not an entry.</summary>
    public void Write(string directory)
    {
        using SafeFileHandle root = Libc.Open(directory, OpenFlags.Directory);
        WriteChildren(root, "");
        if (HasOpaque(DescriptorPath.Of(root)))
        {
            writer.Write(LayerEntry.OpaqueMarkerOf("", clampTo));
        }

        CleanXattrs(DescriptorPath.Of(root));
    }

    private void WriteChildren(SafeFileHandle directory, string path)
    {
        List<byte[]> names = Libc.ListNames(directory, path);
        names.Sort((left, right) => left.AsSpan().SequenceCompareTo(right));
        foreach (byte[] name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            WriteOne(directory, Decode(name, path), path);
        }
    }

    private void WriteOne(SafeFileHandle parent, string name, string parentPath)
    {
        string path = LayerPaths.Join(parentPath, name);
        FileStatus status = Libc.StatusAt(parent, name)
            ?? throw new SlipwayException(ErrorKind.Conflict, $"'{path}' vanished while it was written into a layer");
        UnixTime time = Clamp(parent, name, status);
        if (OverlayMarks.IsWhiteout(status))
        {
            writer.Write(LayerEntry.WhiteoutOf(path, clampTo));
            return;
        }

        if (status.IsSocket)
        {
            return;
        }

        if (status is { IsDirectory: false, Links: > 1 } && !_firstNames.TryAdd(status.Inode, path))
        {
            writer.Write(Describe(path, LayerEntryKind.HardLink, status, time) with { LinkTarget = _firstNames[status.Inode] });
            return;
        }

        LayerEntryKind kind = KindOf(status);
        string named = DescriptorPath.Of(parent, name);
        bool isOpaque = kind == LayerEntryKind.Directory && HasOpaque(named);
        LayerEntry entry = Describe(path, kind, status, time) with { Xattrs = CleanXattrs(named) };
        switch (kind)
        {
            case LayerEntryKind.Directory:
                writer.Write(entry);
                if (isOpaque)
                {
                    writer.Write(LayerEntry.OpaqueMarkerOf(path, clampTo));
                }

                WriteDirectory(parent, name, path, time);
                break;
            case LayerEntryKind.File:
                using (SafeFileHandle file = elsewhere.TryGetValue(status.Inode, out Func<SafeFileHandle>? open)
                    ? open()
                    : Libc.OpenAt(parent, name, OpenFlags.NoFollow, ResolveFlags.Beneath | ResolveFlags.NoSymlinks))
                using (FileStream content = new(file, FileAccess.Read, bufferSize: 0))
                {
                    writer.Write(entry with { Size = status.Size, Content = content });
                }

                break;
            case LayerEntryKind.Symlink:
                writer.Write(entry with { LinkTarget = Libc.ReadLinkAt(parent, name) });
                break;
            default:
                writer.Write(entry with { DeviceMajor = (int)(status.NodeDevice >> 32), DeviceMinor = (int)(uint)status.NodeDevice });
                break;
        }
    }

    private void WriteDirectory(SafeFileHandle parent, string name, string path, UnixTime time)
    {
        using SafeFileHandle directory = Libc.OpenAt(parent, name, OpenFlags.Directory | OpenFlags.NoFollow, ResolveFlags.Beneath | ResolveFlags.NoSymlinks);
        WriteChildren(directory, path);
        Libc.SetTimesAt(parent, name, time.Seconds, time.Nanoseconds);
    }

    private static LayerEntry Describe(string path, LayerEntryKind kind, FileStatus status, UnixTime time) => new(path, kind)
    {
        Mode = status.Permissions,
        Uid = (int)status.User,
        Gid = (int)status.Group,
        ModifiedTime = time,
    };

    private UnixTime Clamp(SafeFileHandle parent, string name, FileStatus status)
    {
        UnixTime time = new(status.ModifiedSeconds, (int)status.ModifiedNanoseconds);
        if (time <= clampTo)
        {
            return time;
        }

        Libc.SetTimesAt(parent, name, clampTo.Seconds, clampTo.Nanoseconds);
        return clampTo;
    }

    private static bool HasOpaque(string path) => Libc.GetXattr(path, OverlayMarks.Opaque) is [(byte)'y'];

    /// <summary>The attributes that belong in the layer. Overlayfs's own but the opaque mark are removed from the file.</summary>
    private static ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> CleanXattrs(string path)
    {
        ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> kept = ImmutableSortedDictionary.Create<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (string name in Libc.ListXattrs(path))
        {
            if (!name.StartsWith(OverlayMarks.Prefix, StringComparison.Ordinal))
            {
                kept = name == "security.selinux" ? kept : kept.Add(name, Libc.GetXattr(path, name) ?? []);
            }
            else if (name != OverlayMarks.Opaque)
            {
                Libc.RemoveXattr(path, name);
            }
        }

        return kept;
    }

    private static LayerEntryKind KindOf(FileStatus status) =>
        status.IsDirectory ? LayerEntryKind.Directory
        : status.IsRegular ? LayerEntryKind.File
        : status.IsSymlink ? LayerEntryKind.Symlink
        : status.IsCharacterDevice ? LayerEntryKind.CharacterDevice
        : status.IsBlockDevice ? LayerEntryKind.BlockDevice
        : LayerEntryKind.Fifo;

    private static string Decode(byte[] name, string parent)
    {
        try
        {
            return Strict.GetString(name);
        }
        catch (DecoderFallbackException fault)
        {
            throw new SlipwayException(
                ErrorKind.InvalidArgument,
                $"a file in '/{parent}' has a name that is not UTF-8 (bytes {Convert.ToHexStringLower(name)}), which an image cannot hold",
                "Rename the file in the step that makes it.",
                fault);
        }
    }
}
