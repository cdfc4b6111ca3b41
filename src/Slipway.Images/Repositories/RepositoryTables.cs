using System.Runtime.CompilerServices;
using Slipway.Content;
using Slipway.Content.Metadata;

namespace Slipway.Images.Repositories;

/// <summary>The links of repositories to manifests and blobs, in the metadata.</summary>
internal sealed class RepositoryTables
{
    public const string ManifestTable = "repository-manifests";
    public const string BlobTable = "repository-blobs";
    public const string ReferrerTable = "repository-referrers";

    private readonly Table<ManifestRecord> _manifests = new(ManifestTable, RepositoryJson.Default.ManifestRecord);
    private readonly Table<BlobRecord> _blobs = new(BlobTable, RepositoryJson.Default.BlobRecord);
    private readonly Table<ReferrerRecord> _referrers = new(ReferrerTable, RepositoryJson.Default.ReferrerRecord);

    public static string KeyOf(RepositoryName repository) => TableKey.Join(repository.Domain, repository.Path);

    public static string KeyOf(RepositoryName repository, Digest digest) => TableKey.Join(repository.Domain, repository.Path, digest.Hex);

    /// <summary>The repository that a key of any of the tables, or of the tags', begins with.</summary>
    public static RepositoryName RepositoryOf(string key)
    {
        string[] parts = key.Split(TableKey.Separator, 3);
        return RepositoryName.OfParts(parts[0], parts[1]);
    }

    public ValueTask<ManifestRecord?> FindManifestAsync(IMetadataReader reader, RepositoryName repository, Digest manifest, CancellationToken cancellationToken) =>
        _manifests.FindAsync(reader, KeyOf(repository, manifest), cancellationToken);

    public ValueTask<BlobRecord?> FindBlobAsync(IMetadataReader reader, RepositoryName repository, Digest blob, CancellationToken cancellationToken) =>
        _blobs.FindAsync(reader, KeyOf(repository, blob), cancellationToken);

    public ValueTask PutBlobAsync(IMetadataTransaction transaction, RepositoryName repository, BlobRecord blob, CancellationToken cancellationToken) =>
        _blobs.PutAsync(transaction, KeyOf(repository, blob.Blob), blob, cancellationToken);

    public ValueTask<bool> DeleteBlobAsync(IMetadataTransaction transaction, RepositoryName repository, Digest blob, CancellationToken cancellationToken) =>
        _blobs.DeleteAsync(transaction, KeyOf(repository, blob), cancellationToken);

    /// <summary>The manifests of a repository; null: of all, by repository.</summary>
    public IAsyncEnumerable<KeyValuePair<string, ManifestRecord>> ScanManifestsAsync(IMetadataReader reader, RepositoryName? repository, CancellationToken cancellationToken) =>
        _manifests.ScanAsync(reader, repository is null ? null : KeyOf(repository), cancellationToken);

    public IAsyncEnumerable<KeyValuePair<string, BlobRecord>> ScanBlobsAsync(IMetadataReader reader, RepositoryName? repository, CancellationToken cancellationToken) =>
        _blobs.ScanAsync(reader, repository is null ? null : KeyOf(repository), cancellationToken);

    /// <summary>The manifests that are about another, by digest.</summary>
    public ValueTask<List<Digest>> ListReferrersAsync(IMetadataReader reader, RepositoryName repository, Digest subject, CancellationToken cancellationToken) =>
        _referrers.ScanAsync(reader, KeyOf(repository, subject), cancellationToken).Select(row => row.Value.Referrer).ToListAsync(cancellationToken);

    /// <summary>The manifests of all repositories that are about another, each under a key that begins with its repository.</summary>
    public async IAsyncEnumerable<KeyValuePair<string, Digest>> ScanReferrersAsync(
        IMetadataReader reader, Digest subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string middle = TableKey.Separator + subject.Hex + TableKey.Separator;
        await foreach ((string key, ReferrerRecord referrer) in _referrers.ScanAsync(reader, null, cancellationToken))
        {
            if (key.Contains(middle, StringComparison.Ordinal))
            {
                yield return new(key, referrer.Referrer);
            }
        }
    }

    /// <summary>What other repositories say about a manifest is said here too.</summary>
    public async ValueTask LinkReferrersAsync(
        IMetadataTransaction transaction, RepositoryName repository, Digest subject, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach ((string key, Digest referrer) in await ScanReferrersAsync(transaction, subject, cancellationToken).ToListAsync(cancellationToken))
        {
            RepositoryName other = RepositoryOf(key);
            if (other == repository || await FindManifestAsync(transaction, other, referrer, cancellationToken) is not { } record)
            {
                continue;
            }

            List<BlobRecord> linked = [];
            foreach (Digest blob in record.Blobs)
            {
                if (await FindBlobAsync(transaction, other, blob, cancellationToken) is { } link)
                {
                    linked.Add(link with { Renewed = now });
                }
            }

            await LinkAsync(transaction, repository, record, linked, cancellationToken);
            if (other == RepositoryName.Nameless)
            {
                await UnlinkAsync(transaction, other, referrer, cancellationToken);
            }
        }
    }

    /// <summary>Takes what a repository says about a manifest out of it, and what it says about that in turn, but what has a name of its own.</summary>
    public async ValueTask UnlinkReferrersAsync(
        IMetadataTransaction transaction, RepositoryName repository, Digest subject, IReadOnlySet<Digest> named, CancellationToken cancellationToken)
    {
        Queue<Digest> subjects = new([subject]);
        while (subjects.TryDequeue(out Digest next))
        {
            foreach (Digest referrer in (await ListReferrersAsync(transaction, repository, next, cancellationToken)).Where(referrer => !named.Contains(referrer)))
            {
                if (await UnlinkAsync(transaction, repository, referrer, cancellationToken) is not null)
                {
                    subjects.Enqueue(referrer);
                }
            }
        }
    }

    /// <summary>Links a manifest, and its blobs anew, so that a collection that found their links old leaves them.</summary>
    public async ValueTask LinkAsync(
        IMetadataTransaction transaction, RepositoryName repository, ManifestRecord manifest, IEnumerable<BlobRecord> blobs, CancellationToken cancellationToken)
    {
        await _manifests.PutAsync(transaction, KeyOf(repository, manifest.Manifest), manifest, cancellationToken);
        if (manifest.Subject is { } subject)
        {
            await _referrers.PutAsync(transaction, TableKey.Join(KeyOf(repository, subject), manifest.Manifest.Hex), new(manifest.Manifest), cancellationToken);
        }

        foreach (BlobRecord blob in blobs)
        {
            await PutBlobAsync(transaction, repository, blob, cancellationToken);
        }
    }

    /// <summary>Takes a manifest out of a repository; the blobs that no other manifest there names are for the next collection, unless somebody asks for them first.</summary>
    public async ValueTask<ManifestRecord?> UnlinkAsync(IMetadataTransaction transaction, RepositoryName repository, Digest manifest, CancellationToken cancellationToken)
    {
        if (await FindManifestAsync(transaction, repository, manifest, cancellationToken) is not { } record)
        {
            return null;
        }

        await _manifests.DeleteAsync(transaction, KeyOf(repository, manifest), cancellationToken);
        if (record.Subject is { } subject)
        {
            await _referrers.DeleteAsync(transaction, TableKey.Join(KeyOf(repository, subject), manifest.Hex), cancellationToken);
        }

        HashSet<Digest> released = [.. record.Blobs];
        await foreach ((_, ManifestRecord other) in ScanManifestsAsync(transaction, repository, cancellationToken))
        {
            released.ExceptWith(other.Blobs);
        }

        foreach (Digest blob in released)
        {
            if (await FindBlobAsync(transaction, repository, blob, cancellationToken) is { } link)
            {
                await PutBlobAsync(transaction, repository, link with { Renewed = DateTimeOffset.UnixEpoch }, cancellationToken);
            }
        }

        return record;
    }
}
