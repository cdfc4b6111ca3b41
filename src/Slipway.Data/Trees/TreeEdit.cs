namespace Slipway.Data.Trees;

/// <summary>One change to a tree.</summary>
public abstract record TreeEdit(DataPath Path);

/// <summary>
/// Sets the entry at a path; directories above it are made. A file or symlink replaces a file or symlink; a directory replaces a whole
/// directory; a file never replaces a directory nor the reverse: that is a conflict, delete first. The name that counts is the path's.
/// </summary>
public sealed record PutEntry(DataPath Path, TreeEntry Entry) : TreeEdit(Path);

/// <summary>
/// Adds everything below a directory of a tree to what stands at a path: the same as a <see cref="PutEntry"/> for each of its files, at the cost of what
/// differs. What only the place has stays.
/// </summary>
public sealed record MergeDirectory(DataPath Path, TreeEntry Directory) : TreeEdit(Path);

/// <summary>
/// Adds the bytes of a blob to the end of the file at a path, as it stands when the edit is done; where there is none, they become a file. So of several
/// writers of one file each adds its part.
/// </summary>
public sealed record AppendFile(DataPath Path, TreeEntry Tail) : TreeEdit(Path);

/// <summary>
/// Takes what stands at one path, as it stands when the edit is done, and puts it at another: a file or symlink as a <see cref="PutEntry"/>, a directory as a
/// <see cref="MergeDirectory"/>. So nothing that somebody else wrote there meanwhile is lost. It is an error where nothing stands there.
/// </summary>
public sealed record MovePath(DataPath From, DataPath Path) : TreeEdit(Path);

/// <summary>Removes a file, a symlink or a whole directory, with the directories above it that it leaves empty. An absent path is fine.</summary>
public sealed record DeletePath(DataPath Path) : TreeEdit(Path);
