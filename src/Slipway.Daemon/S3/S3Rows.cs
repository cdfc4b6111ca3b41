using Slipway.Content.Metadata;
using Slipway.Daemon.S3.Listing;
using Slipway.Daemon.S3.Multipart;
using Slipway.Daemon.S3.Objects;
using Slipway.Data.Repos;

namespace Slipway.Daemon.S3;

/// <summary>What the gateway keeps of repos beside their commits: the headers of objects, the markers of folders, uploads under way and their parts.</summary>
internal sealed class S3Rows : IRepoRows
{
    /// <inheritdoc/>
    public async ValueTask MoveAsync(IMetadataTransaction transaction, RepoName from, RepoName to, CancellationToken cancellationToken)
    {
        await MoveAsync(transaction, ObjectMetadataStore.Table, from, to, headers => headers, cancellationToken);
        await MoveAsync(transaction, FolderMarkers.Table, from, to, markers => markers, cancellationToken);
        await MoveAsync(transaction, UploadStore.Uploads, from, to, upload => upload with { Repo = to.ToString() }, cancellationToken);
        await MoveAsync(transaction, UploadStore.Parts, from, to, part => part, cancellationToken);
    }

    private static async ValueTask MoveAsync<T>(
        IMetadataTransaction transaction, Table<T> table, RepoName from, RepoName to, Func<T, T> rename, CancellationToken cancellationToken)
        where T : class
    {
        foreach ((string key, T row) in await table.ScanAsync(transaction, from.ToString(), cancellationToken).ToListAsync(cancellationToken))
        {
            await table.DeleteAsync(transaction, key, cancellationToken);
            await table.PutAsync(transaction, to + key[from.ToString().Length..], rename(row), cancellationToken);
        }
    }
}
