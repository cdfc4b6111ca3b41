namespace Slipway.Images.Layers;

/// <summary>What an entry of a layer is.</summary>
public enum LayerEntryKind
{
    File,
    Directory,
    Symlink,

    /// <summary>A second name of an earlier entry, or of a file in a lower layer; <see cref="LayerEntry.LinkTarget"/> names it.</summary>
    HardLink,
    CharacterDevice,
    BlockDevice,
    Fifo,
}
