using System.Collections.Immutable;
using System.Security.Cryptography;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Daemon.Registry.Access;

namespace Slipway.Daemon.S3.Keys;

/// <summary>The access keys of a server, in its database (mode 0600).</summary>
internal sealed class AccessKeyStore(IMetadataStore metadata, TimeProvider time)
{
    private const string IdLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const string SecretLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int IdLength = 18;
    private const int SecretLength = 40;

    private readonly Table<AccessKey> _keys = new("access-keys", AccessKeyJson.Default.AccessKey);

    /// <param name="repositories">Null: the key is for all of the server.</param>
    public async ValueTask<AccessKey> CreateAsync(string name, bool readOnly, ImmutableArray<RepositoryGrant>? repositories, CancellationToken cancellationToken)
    {
        string id = "SW" + RandomNumberGenerator.GetString(IdLetters, IdLength), secret = RandomNumberGenerator.GetString(SecretLetters, SecretLength);
        AccessKey key = new(id, secret, name, readOnly, time.GetUtcNow(), repositories);
        return await metadata.WriteAsync(
            async t =>
            {
                await _keys.PutAsync(t, key.Id, key, cancellationToken);
                return key;
            },
            cancellationToken);
    }

    public ValueTask<AccessKey?> FindAsync(string id, CancellationToken cancellationToken) =>
        metadata.ReadAsync(r => _keys.FindAsync(r, id, cancellationToken), cancellationToken);

    public ValueTask<List<AccessKey>> ListAsync(CancellationToken cancellationToken) => metadata.ReadAsync(
        r => _keys.ScanAsync(r, null, cancellationToken).Select(row => row.Value).ToListAsync(cancellationToken), cancellationToken);

    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>.</exception>
    public ValueTask<AccessKey> DeleteAsync(string id, CancellationToken cancellationToken) => metadata.WriteAsync(
        async t =>
        {
            AccessKey key = await _keys.FindAsync(t, id, cancellationToken)
                ?? throw new SlipwayException(ErrorKind.NotFound, $"there is no access key '{id}'", "To see them: slipway key ls");
            await _keys.DeleteAsync(t, id, cancellationToken);
            return key;
        },
        cancellationToken);
}
