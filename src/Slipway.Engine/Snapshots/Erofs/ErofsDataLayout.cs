namespace Slipway.Engine;

/// <summary>Where an inode's bytes are, by EROFS's numbers.</summary>
internal enum ErofsDataLayout
{
    /// <summary>In whole blocks of the image, or there are none.</summary>
    Plain = 0,

    /// <summary>Right after the inode.</summary>
    Inline = 2,

    /// <summary>In another device.</summary>
    Chunks = 4,
}
