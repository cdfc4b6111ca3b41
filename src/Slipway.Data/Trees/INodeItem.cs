using Slipway.Content;

namespace Slipway.Data.Trees;

/// <summary>What the nodes of a directory hold in order of names: entries in a leaf, references to nodes above.</summary>
internal interface INodeItem
{
    /// <summary>The entry's name, or the last name below the node.</summary>
    string Name { get; }

    /// <summary>The bytes of everything below.</summary>
    long Size { get; }

    /// <summary>The blob that it names.</summary>
    Digest Digest { get; }
}

/// <summary>A reference from a node to one below.</summary>
/// <param name="Name">The last entry's name below the node.</param>
/// <param name="Entries">How many entries of the directory stand below the node.</param>
internal sealed record NodeReference(string Name, long Entries, long Size, Digest Digest) : INodeItem;
