namespace Slipway.Data.Inputs;

/// <summary>How much an <see cref="InputCache"/> keeps of what nobody holds. What is held is never counted out, whatever its size.</summary>
/// <param name="Bytes">The most bytes that it has written; what is hard-linked from the blob store costs none.</param>
/// <param name="Files">The most files and symlinks.</param>
public sealed record InputBounds(long Bytes, long Files)
{
    private const long MostBytes = 64L << 30;
    private const long MostFiles = 1_000_000;

    /// <summary>A tenth of the disk that holds <paramref name="directory"/>, at most 64 GiB, and a million files.</summary>
    public static InputBounds For(string directory) => new(Math.Min(new DriveInfo(directory).TotalSize / 10, MostBytes), MostFiles);
}
