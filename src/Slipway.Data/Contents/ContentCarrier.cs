using System.Runtime.CompilerServices;
using Slipway.Content;
using Slipway.Data.Repos;
using Slipway.Data.Trees;

namespace Slipway.Data.Contents;

/// <summary>
/// Makes what one repo holds available to another. Where both are kept in one store nothing moves; else every blob is read from the one and put into
/// the other, since a digest alone means nothing to a store that seals.
/// </summary>
public sealed class ContentCarrier(RepoContents contents)
{
    /// <summary>Puts an entry, with all that is below it, where <paramref name="to"/> keeps its content. The caller flushes that store.</summary>
    /// <returns>The same entry: its digest does not depend on where it is kept.</returns>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/> or <see cref="ErrorKind.Corrupt"/>: of what is read; <see cref="ErrorKind.OutOfSpace"/>.</exception>
    public async ValueTask<TreeEntry> CarryAsync(RepoName from, RepoName to, TreeEntry entry, CancellationToken cancellationToken)
    {
        RepoContent source = contents.Of(from);
        RepoContent target = contents.Of(to);
        return ReferenceEquals(source, target) ? entry : await CarryAsync(source, target, entry, cancellationToken);
    }

    private static async ValueTask<TreeEntry> CarryAsync(RepoContent source, RepoContent target, TreeEntry entry, CancellationToken cancellationToken)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            await Task.Yield();
        }

        if (entry.Kind != EntryKind.Directory)
        {
            if (await target.Blobs.FindAsync(entry.Digest, cancellationToken) is null)
            {
                await using Stream content = await source.Blobs.OpenAsync(entry.Digest, cancellationToken);
                await target.Blobs.PutAsync(content, entry.Digest, cancellationToken);
            }

            return entry;
        }

        List<TreeEntry> below = [];
        await foreach (TreeEntry child in source.Trees.ListAsync(entry.Digest, null, cancellationToken))
        {
            below.Add(await CarryAsync(source, target, child, cancellationToken));
        }

        return await target.Trees.BuildAsync(entry.Name, below, cancellationToken);
    }
}
