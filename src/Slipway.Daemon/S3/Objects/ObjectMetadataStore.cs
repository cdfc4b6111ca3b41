using System.Text;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Content.Metadata.Sealed;
using Slipway.Data.Repos;

namespace Slipway.Daemon.S3.Objects;

/// <summary>
/// The headers of objects, by path and digest: they are no part of a commit, and hold in every commit in which those bytes stand at that path. Those of
/// an encrypted project are sealed, and their rows named so that nobody without its keys can tell the path or the digest.
/// </summary>
internal sealed class ObjectMetadataStore(IMetadataStore metadata, IKeyRing ring)
{
    /// <summary>The table, of all repos.</summary>
    public const string TableName = "s3-metadata";

    internal static readonly Table<ObjectMetadata> Table = new(TableName, ObjectMetadataJson.Default.ObjectMetadata);

    public async ValueTask<ObjectMetadata?> FindAsync(RepoName repo, string key, Digest content, CancellationToken cancellationToken) =>
        await metadata.ReadAsync(r => Table.FindAsync(r, KeyOf(repo, key, content), cancellationToken), cancellationToken);

    /// <summary>Sets them; null: there are none.</summary>
    public async ValueTask SetAsync(RepoName repo, string key, Digest content, ObjectMetadata? said, CancellationToken cancellationToken)
    {
        string row = KeyOf(repo, key, content);
        ObjectMetadata? before = await FindAsync(repo, key, content, cancellationToken);
        if (before is null && said is null)
        {
            return;
        }

        await metadata.WriteAsync(
            async t =>
            {
                if (said is null)
                {
                    return await Table.DeleteAsync(t, row, cancellationToken);
                }

                await Table.PutAsync(t, row, said with { Content = content }, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Forgets what was said of bytes that are purged, by which it may be as private as they are.</summary>
    internal static async ValueTask ForgetAsync(IMetadataTransaction transaction, IReadOnlySet<Digest> contents, CancellationToken cancellationToken)
    {
        List<string> gone = await Table.ScanAsync(transaction, null, cancellationToken)
            .Where(row => row.Value.Content is { } content && contents.Contains(content)).Select(row => row.Key).ToListAsync(cancellationToken);
        foreach (string key in gone)
        {
            await Table.DeleteAsync(transaction, key, cancellationToken);
        }
    }

    private string KeyOf(RepoName repo, string key, Digest content)
    {
        string name = $"{key}\0{content.Hex}";
        return TableKey.Join(
            repo.ToString(),
            repo.Project is { } project && ring.Find(project) is { } keys ? keys.Hide(TableName, name) : Digest.Of(Encoding.UTF8.GetBytes(name)).Hex);
    }
}
