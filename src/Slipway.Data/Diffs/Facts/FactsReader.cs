namespace Slipway.Data.Diffs.Facts;

/// <summary>Finds out what a file is by its first bytes and its name. Files are anybody's: a damaged or hostile one has no facts, and does no harm.</summary>
public static class FactsReader
{
    private const int HeadBytes = 64 * 1024;

    /// <summary>The facts of a file; null where nothing is known of its kind, or it is not what its name says.</summary>
    /// <param name="content">Seekable.</param>
    public static async ValueTask<FileFacts?> ReadAsync(Stream content, string name, CancellationToken cancellationToken)
    {
        byte[] head = new byte[Math.Min(HeadBytes, content.Length)];
        await content.ReadExactlyAsync(head, cancellationToken);
        content.Position = 0;
        string extension = Path.GetExtension(name).ToLowerInvariant();
        return head.AsSpan().StartsWith("PAR1"u8) ? await ParquetFacts.ReadAsync(content, cancellationToken)
            : extension is ".csv" or ".tsv" ? await CsvFacts.ReadAsync(content, extension == ".tsv", cancellationToken)
            : await ImageFacts.ReadAsync(content, head, cancellationToken);
    }
}
