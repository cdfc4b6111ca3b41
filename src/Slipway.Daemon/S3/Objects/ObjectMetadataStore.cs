using System.Text;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Contents;
using Slipway.Data.Repos;

namespace Slipway.Daemon.S3.Objects;

/// <summary>
/// The headers of objects, by path and digest: they are no part of a commit, and hold in every commit in which those bytes stand at that path. Of an
/// encrypted project none are kept, since they would stand in plain.
/// </summary>
internal sealed class ObjectMetadataStore(IMetadataStore metadata, RepoContents contents)
{
    /// <summary>The table, of all repos.</summary>
    public const string TableName = "s3-metadata";

    private readonly Table<ObjectMetadata> _table = new(TableName, ObjectMetadataJson.Default.ObjectMetadata);

    public async ValueTask<ObjectMetadata?> FindAsync(RepoName repo, string key, Digest content, CancellationToken cancellationToken) =>
        contents.Of(repo).IsSealed ? null : await metadata.ReadAsync(r => _table.FindAsync(r, KeyOf(repo, key, content), cancellationToken), cancellationToken);

    /// <summary>Sets them; null: there are none.</summary>
    public async ValueTask SetAsync(RepoName repo, string key, Digest content, ObjectMetadata? said, CancellationToken cancellationToken)
    {
        string row = KeyOf(repo, key, content);
        ObjectMetadata? before = await FindAsync(repo, key, content, cancellationToken);
        if (contents.Of(repo).IsSealed || (before is null && said is null))
        {
            return;
        }

        await metadata.WriteAsync(
            async t =>
            {
                if (said is null)
                {
                    return await _table.DeleteAsync(t, row, cancellationToken);
                }

                await _table.PutAsync(t, row, said, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    private static string KeyOf(RepoName repo, string key, Digest content) =>
        TableKey.Join(repo.ToString(), Digest.Of(Encoding.UTF8.GetBytes($"{key}\0{content.Hex}")).Hex);
}
