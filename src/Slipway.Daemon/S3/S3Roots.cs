using System.Runtime.CompilerServices;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;
using Slipway.Daemon.S3.Listing;
using Slipway.Daemon.S3.Multipart;
using Slipway.Daemon.S3.Objects;

namespace Slipway.Daemon.S3;

/// <summary>
/// The parts of uploads that are not ended. Dead are uploads of long ago, parts without an upload, and what was noted of repos that are gone.
/// </summary>
internal sealed class S3Roots : IRootSource
{
    private readonly Table<UploadedPart> _parts = new(UploadStore.PartTable, MultipartJson.Default.UploadedPart);

    /// <inheritdoc/>
    public string Name => "parts of uploads";

    /// <inheritdoc/>
    public async IAsyncEnumerable<Root> ReadAsync(
        IMetadataReader reader, CollectionRules? rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HashSet<string> dead = rules is null ? [] : await DeadAsync(reader, rules, cancellationToken);
        await foreach ((string key, UploadedPart part) in _parts.ScanAsync(reader, null, cancellationToken))
        {
            if (!dead.Contains(UploadOf(key)))
            {
                yield return new Root(RootKind.Blob, part.Digest, RepoOf(key));
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DeadRow> ReadDeadAsync(
        IMetadataReader reader, CollectionRules rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HashSet<string> dead = await DeadAsync(reader, rules, cancellationToken);
        HashSet<string> uploads = [];
        await foreach ((string key, byte[] value) in reader.ScanAsync(UploadStore.UploadTable, null, null, cancellationToken))
        {
            uploads.Add(key);
            if (dead.Contains(key))
            {
                yield return new DeadRow("uploads that nobody ended", UploadStore.UploadTable, key, value, []);
            }
        }

        await foreach ((string key, byte[] value) in reader.ScanAsync(UploadStore.PartTable, null, null, cancellationToken))
        {
            if (dead.Contains(UploadOf(key)) || !uploads.Contains(UploadOf(key)))
            {
                UploadedPart part = RecordJson.Decode(UploadStore.PartTable, key, value, MultipartJson.Default.UploadedPart);
                yield return new DeadRow("parts of uploads", UploadStore.PartTable, key, value, [new Root(RootKind.Blob, part.Digest, RepoOf(key))]);
            }
        }

        HashSet<string> known = await reader.ScanAsync("repos", null, null, cancellationToken).Select(row => row.Key).ToHashSetAsync(cancellationToken: cancellationToken);
        foreach (string table in (string[])[ObjectMetadataStore.TableName, FolderMarkers.TableName])
        {
            await foreach ((string key, byte[] value) in reader.ScanAsync(table, null, null, cancellationToken))
            {
                if (!known.Contains(RepoOf(key)))
                {
                    yield return new DeadRow("notes of objects", table, key, value, []);
                }
            }
        }
    }

    private static async ValueTask<HashSet<string>> DeadAsync(IMetadataReader reader, CollectionRules rules, CancellationToken cancellationToken)
    {
        HashSet<string> dead = [];
        await foreach ((string key, byte[] value) in reader.ScanAsync(UploadStore.UploadTable, null, null, cancellationToken))
        {
            if (RecordJson.Decode(UploadStore.UploadTable, key, value, MultipartJson.Default.MultipartUpload).Started < rules.UploadsBefore)
            {
                dead.Add(key);
            }
        }

        return dead;
    }

    private static string RepoOf(string key) => key[..key.IndexOf(TableKey.Separator, StringComparison.Ordinal)];

    private static string UploadOf(string key) => key[..key.LastIndexOf(TableKey.Separator)];
}
