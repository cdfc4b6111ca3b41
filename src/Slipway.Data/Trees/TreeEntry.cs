using Slipway.Content;

namespace Slipway.Data.Trees;

/// <summary>One entry of a directory.</summary>
/// <param name="Name">Its name in the directory; empty only for a root itself.</param>
/// <param name="Executable">True for a file with an execute bit; false for the other kinds.</param>
/// <param name="Size">Bytes: of the file, of the link's target, or of everything below the directory.</param>
/// <param name="Digest">The blob of the file's bytes, of the link's target in UTF-8, or of the directory's root node.</param>
public sealed record TreeEntry(string Name, EntryKind Kind, bool Executable, long Size, Digest Digest) : INodeItem
{
    /// <summary>A plain file's entry.</summary>
    public static TreeEntry File(string name, long size, Digest digest, bool executable = false) => new(name, EntryKind.File, executable, size, digest);
}
