using Slipway.Content.Blobs;
using Slipway.Data.Diffs.Facts;
using Slipway.Data.Diffs.Text;
using Slipway.Data.Trees;

namespace Slipway.Data.Diffs;

/// <summary>Looks into files that differ, as long as it has bytes left to read: a listing stays quick however much changed.</summary>
/// <param name="before">Where the old versions are kept.</param>
/// <param name="after">Where the new ones are.</param>
/// <param name="context">How many unchanged lines of text are shown around a change; null: no text is.</param>
public sealed class FileComparer(IBlobStore before, IBlobStore after, int? context)
{
    /// <summary>So many bytes are read for one listing.</summary>
    private const long MostBytes = 256 << 20;

    /// <summary>A longer text is not shown line by line.</summary>
    private const long LongestText = 4 << 20;

    private long _left = MostBytes;

    /// <summary>Compares two versions; null where nothing is known of such files.</summary>
    public async ValueTask<FileComparison?> CompareAsync(TreeChange change, CancellationToken cancellationToken)
    {
        TreeEntry? old = File(change.Before), now = File(change.After);
        long size = (old?.Size ?? 0) + (now?.Size ?? 0);
        if (size > _left)
        {
            return new FileComparison(null, null, Skipped: "it was not looked into: what changed is large. Compare it by itself");
        }

        _left -= size;
        FileFacts? factsBefore = await FactsAsync(before, old, change.Path.Name, cancellationToken);
        FileFacts? factsAfter = await FactsAsync(after, now, change.Path.Name, cancellationToken);
        if (context is not { } lines || (factsBefore ?? factsAfter)?.Width is not null || size == 0)
        {
            return factsBefore is null && factsAfter is null ? null : new FileComparison(factsBefore, factsAfter);
        }

        if (Math.Max(old?.Size ?? 0, now?.Size ?? 0) > LongestText)
        {
            return new FileComparison(factsBefore, factsAfter, Skipped: "it is too long to be shown line by line");
        }

        byte[] oldBytes = await BytesAsync(before, old, cancellationToken), newBytes = await BytesAsync(after, now, cancellationToken);
        return new FileComparison(factsBefore, factsAfter, UnifiedText.Compare(oldBytes, newBytes, lines));
    }

    private static async ValueTask<FileFacts?> FactsAsync(IBlobStore blobs, TreeEntry? file, string name, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            return null;
        }

        await using Stream content = await blobs.OpenAsync(file.Digest, cancellationToken);
        return await FactsReader.ReadAsync(content, name, cancellationToken);
    }

    private static async ValueTask<byte[]> BytesAsync(IBlobStore blobs, TreeEntry? file, CancellationToken cancellationToken) =>
        file is null ? [] : await blobs.ReadAllAsync(file.Digest, cancellationToken);

    private static TreeEntry? File(TreeEntry? entry) => entry is { Kind: EntryKind.File } ? entry : null;
}
