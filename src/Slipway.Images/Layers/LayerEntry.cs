using System.Collections.Immutable;

namespace Slipway.Images.Layers;

/// <summary>
/// One entry of a layer's tar. <see cref="Path"/> is relative to the root, normalised, without <c>.</c>, <c>..</c>, NUL or a leading or trailing slash;
/// the root itself is "". It can still lead through a symlink of the layer: whoever writes files resolves it by handle within the root.
/// </summary>
public sealed record LayerEntry(string Path, LayerEntryKind Kind)
{
    private const string WhiteoutPrefix = ".wh.";
    private const string OpaqueName = ".wh..wh..opq";

    /// <summary>Permission bits with setuid, setgid and sticky: at most 07777.</summary>
    public int Mode { get; init; }

    public int Uid { get; init; }

    public int Gid { get; init; }

    public UnixTime ModifiedTime { get; init; }

    /// <summary>A symlink's text as it stands, or a hard link's target in the form of <see cref="Path"/>; else null.</summary>
    public string? LinkTarget { get; init; }

    public int DeviceMajor { get; init; }

    public int DeviceMinor { get; init; }

    /// <summary>Extended attributes, for example <c>security.capability</c>; values are bytes.</summary>
    public ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Xattrs { get; init; } =
        ImmutableSortedDictionary.Create<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);

    /// <summary>A file's length in bytes; 0 for everything else.</summary>
    public long Size { get; init; }

    /// <summary>
    /// A file's bytes, holes of a sparse file as zeros. From <see cref="LayerReader"/>: readable until the next entry is read.
    /// </summary>
    public Stream Content { get; init; } = Stream.Null;

    /// <summary>
    /// Where a file's bytes stand in the tar as one run, in bytes from its start, always a multiple of 512. Null: of a sparse file, or where the tar was read from a
    /// stream that tells no position.
    /// </summary>
    public long? ContentOffset { get; init; }

    /// <summary>The last part of <see cref="Path"/>.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The path of the directory that holds the entry; "" for the root.</summary>
    public string Parent => Path.LastIndexOf('/') is var slash && slash < 0 ? "" : Path[..slash];

    /// <summary>True: the directory <see cref="Parent"/> hides all that lower layers put in it. The entry makes no file.</summary>
    public bool IsOpaqueMarker => Name == OpaqueName;

    /// <summary>
    /// The path that this whiteout removes from the lower layers, or null where the entry is none. The entry makes no file.
    /// (OCI image specification, layer.md, "Whiteouts".)
    /// </summary>
    public string? Whiteout => !IsOpaqueMarker && Name.StartsWith(WhiteoutPrefix, StringComparison.Ordinal)
        ? (Parent.Length == 0 ? "" : Parent + "/") + Name[WhiteoutPrefix.Length..]
        : null;

    /// <summary>The entry that removes <paramref name="path"/> of the lower layers.</summary>
    public static LayerEntry WhiteoutOf(string path, UnixTime time)
    {
        int slash = path.LastIndexOf('/') + 1;
        return new(path[..slash] + WhiteoutPrefix + path[slash..], LayerEntryKind.File) { ModifiedTime = time };
    }

    /// <summary>The entry that hides everything below <paramref name="directory"/> of the lower layers.</summary>
    public static LayerEntry OpaqueMarkerOf(string directory, UnixTime time) =>
        new(directory.Length == 0 ? OpaqueName : directory + "/" + OpaqueName, LayerEntryKind.File) { ModifiedTime = time };
}
