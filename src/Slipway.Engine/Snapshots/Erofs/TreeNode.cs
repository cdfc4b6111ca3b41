using System.Collections.Immutable;
using Slipway.Images.Layers;

namespace Slipway.Engine;

/// <summary>A file, directory, link, device or whiteout of a <see cref="LayerTree"/>. Names are not part of it: a hard link is the same node under another name.</summary>
internal sealed class TreeNode(TreeNodeKind kind)
{
    private static readonly ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> None = ImmutableSortedDictionary.Create<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);

    public TreeNodeKind Kind { get; } = kind;

    /// <summary>Permission bits with setuid, setgid and sticky.</summary>
    public int Permissions { get; set; }

    public int User { get; set; }

    public int Group { get; set; }

    public UnixTime Time { get; set; }

    /// <summary>Bytes of a file.</summary>
    public long Size { get; init; }

    /// <summary>Where a file's bytes begin in the tar.</summary>
    public long Offset { get; init; }

    /// <summary>The text of a symlink, in UTF-8.</summary>
    public byte[] Target { get; init; } = [];

    public int DeviceMajor { get; init; }

    public int DeviceMinor { get; init; }

    /// <summary>Attributes by full name, in order; overlayfs's opaque mark is one.</summary>
    public ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Xattrs { get; set; } = None;

    /// <summary>What a directory holds; null of all else.</summary>
    public Dictionary<string, TreeNode>? Children { get; } = kind == TreeNodeKind.Directory ? new(StringComparer.Ordinal) : null;

    public bool IsDirectory => Children is not null;

    /// <summary>A whiteout of overlayfs: a character device 0/0.</summary>
    public bool IsWhiteout => this is { Kind: TreeNodeKind.CharacterDevice, DeviceMajor: 0, DeviceMinor: 0 };

    /// <summary>The group of what is made in a directory and given to nobody: a set-group-id bit hands its own on.</summary>
    public int GroupOfNew => (Permissions & 0x400) != 0 ? Group : 0;

    /// <summary>Makes a directory hide the ones below.</summary>
    public void MakeOpaque() => Xattrs = Xattrs.SetItem(OverlayMarks.Opaque, "y"u8.ToArray());
}
