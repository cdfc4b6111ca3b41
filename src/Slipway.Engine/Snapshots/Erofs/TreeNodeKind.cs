namespace Slipway.Engine;

/// <summary>The type of a node, as the bits that st_mode has for it.</summary>
internal enum TreeNodeKind
{
    Fifo = 0x1000,
    CharacterDevice = 0x2000,
    Directory = 0x4000,
    BlockDevice = 0x6000,
    File = 0x8000,
    Symlink = 0xA000,
}
