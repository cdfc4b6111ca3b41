namespace Slipway.Content.Blobs;

/// <summary>Something wrong with a file of a blob store that is not the bytes of one blob.</summary>
/// <param name="Kind">Which part of the store it is in.</param>
/// <param name="File">Its path.</param>
/// <param name="Fault">What is wrong with it.</param>
public sealed record StoreFault(StorePart Kind, string File, string Fault);

/// <summary>A part of a blob store.</summary>
public enum StorePart
{
    /// <summary>A pack segment, between or around its blobs.</summary>
    Pack,

    /// <summary>The index of a segment.</summary>
    Index,

    /// <summary>The list of what is gone from a segment.</summary>
    Burials,

    /// <summary>The recipe of a composed blob.</summary>
    Recipe,

    /// <summary>A file that has no business there, or the store's format.</summary>
    Folder,
}
