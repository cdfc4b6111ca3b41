using Microsoft.Win32.SafeHandles;

namespace Slipway.Content.Blobs.Local;

/// <summary>One change that a store is about to make to its disk. Paths are full.</summary>
internal abstract record DiskChange;

/// <summary>A file is made, empty.</summary>
internal sealed record FileMade(string Path) : DiskChange;

/// <summary>Bytes are written into an open file.</summary>
/// <param name="Content">Null where the kernel copies them from another file.</param>
internal sealed record FileWritten(SafeFileHandle File, long Offset, long Length, byte[]? Content) : DiskChange;

/// <summary>A file is made longer or shorter.</summary>
internal sealed record FileCut(SafeFileHandle File, long Length) : DiskChange;

/// <summary>A folder is made.</summary>
internal sealed record FolderMade(string Path) : DiskChange;

/// <summary>A file takes another name; what had that name is gone.</summary>
internal sealed record NameMoved(string From, string To) : DiskChange;

/// <summary>A file's name is removed.</summary>
internal sealed record NameRemoved(string Path) : DiskChange;

/// <summary>The bytes of a file are made durable; not its name.</summary>
internal sealed record FileSynced(SafeFileHandle File) : DiskChange;

/// <summary>The names in a folder are made durable.</summary>
internal sealed record NamesSynced(string Folder) : DiskChange;

/// <summary>Everything on the file system is made durable.</summary>
internal sealed record AllSynced : DiskChange;
