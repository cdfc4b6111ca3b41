namespace Slipway.Images.Compression;

/// <summary>How layers are compressed on their way out.</summary>
public enum LayerCompression
{
    /// <summary>As they are stored.</summary>
    None,

    /// <summary>What every client reads.</summary>
    Gzip,

    /// <summary>Smaller and faster, for clients since 2021 or so.</summary>
    Zstd,
}
