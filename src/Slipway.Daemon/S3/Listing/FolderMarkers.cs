using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Content.Metadata;
using Slipway.Daemon.S3.Buckets;

namespace Slipway.Daemon.S3.Listing;

/// <summary>
/// The keys that end in a slash and have no bytes, by which clients of S3 (Hadoop, Spark, consoles) remember folders that may be empty. A commit has no
/// empty folders, so they are kept beside it, by branch.
/// </summary>
internal sealed class FolderMarkers(IMetadataStore metadata)
{
    /// <summary>The table, of all repos.</summary>
    public const string TableName = "s3-markers";

    private const int Most = 10_000;
    internal static readonly Table<MarkerList> Table = new(TableName, MarkersJson.Default.MarkerList);

    /// <summary>The markers of a bucket, sorted as keys are.</summary>
    public async ValueTask<IReadOnlyList<string>> ListAsync(S3Bucket bucket, CancellationToken cancellationToken) =>
        bucket.IsBranch && await metadata.ReadAsync(r => Table.FindAsync(r, KeyOf(bucket), cancellationToken), cancellationToken) is { } list && list.Repo == bucket.Repo.Created
            ? list.Keys
            : [];

    /// <exception cref="S3Exception">There are very many.</exception>
    public ValueTask AddAsync(S3Bucket bucket, string key, CancellationToken cancellationToken) => ChangeAsync(
        bucket,
        keys => keys.Contains(key) ? keys
            : keys.Length < Most ? keys.Add(key).Sort(KeyWalk.Compare)
            : throw new S3Exception(400, "InvalidRequest", $"bucket {bucket.Name} has {Most} folder markers; folders with files need none"),
        cancellationToken);

    public ValueTask RemoveAsync(S3Bucket bucket, IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        ChangeAsync(bucket, known => known.RemoveRange(keys), cancellationToken);

    private async ValueTask ChangeAsync(S3Bucket bucket, Func<ImmutableArray<string>, ImmutableArray<string>> change, CancellationToken cancellationToken)
    {
        ImmutableArray<string> seen = [.. await ListAsync(bucket, cancellationToken)];
        if (change(seen).SequenceEqual(seen))
        {
            return;
        }

        await metadata.WriteAsync(
            async t =>
            {
                MarkerList? before = await Table.FindAsync(t, KeyOf(bucket), cancellationToken);
                ImmutableArray<string> after = change(before?.Repo == bucket.Repo.Created ? before.Keys : []);
                if (after.IsEmpty)
                {
                    return await Table.DeleteAsync(t, KeyOf(bucket), cancellationToken);
                }

                await Table.PutAsync(t, KeyOf(bucket), new MarkerList(bucket.Repo.Created, after), cancellationToken);
                return true;
            },
            cancellationToken);
    }

    private static string KeyOf(S3Bucket bucket) => TableKey.Join(bucket.Repo.Name.ToString(), bucket.Revision);
}

/// <summary>The markers of one branch.</summary>
/// <param name="Repo">When its repo was made: a later repo of the same name does not have them.</param>
internal sealed record MarkerList(DateTimeOffset Repo, ImmutableArray<string> Keys);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MarkerList))]
internal sealed partial class MarkersJson : JsonSerializerContext;
