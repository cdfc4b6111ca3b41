namespace Slipway.Cli.Data.Sources;

/// <summary>Watches a tar go by for its end: blocks of zeros. One cut off between two files would else pass for whole.</summary>
/// <param name="name">Of the tar, for the error.</param>
internal sealed class TarEnd(string name)
{
    private const int Block = 512;
    private long zeros;
    private long length;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        int last = bytes.LastIndexOfAnyExcept((byte)0);
        zeros = last < 0 ? zeros + bytes.Length : bytes.Length - 1 - last;
        length += bytes.Length;
    }

    /// <exception cref="CliException">It is cut off, or no tar.</exception>
    public void Check()
    {
        if (zeros < 2 * Block || length % Block != 0)
        {
            throw new CliException($"{name} is not a whole tar: it ends after {length} bytes without the two empty blocks at a tar's end", "nothing was put");
        }
    }
}
