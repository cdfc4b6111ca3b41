using System.Security.Cryptography;
using System.Text;
using Slipway.Content.Keys;

namespace Slipway.Content.Metadata.Sealed;

/// <summary>
/// Rows that tell of an encrypted project's files: the journals of open commits, the datums of jobs, what S3 says of objects and uploads, and what was purged. Their values are sealed;
/// their keys (repo or pipeline, ids, a project and a name that tells nothing of a digest) are not. A sealed value is a zero, version 1, nonce (12), the value under AES-256-GCM, tag (16), and opens under
/// its own key alone.
/// </summary>
internal static class SealedRows
{
    private const int HeadSize = 2;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const byte Version = 1;

    /// <summary>The project whose row this is; null where rows of the table are never sealed or the row is of no project.</summary>
    public static string? ProjectOf(string table, string key)
    {
        int end = key.IndexOf(TableKey.Separator, StringComparison.Ordinal);
        if (table == "sealed-purges")
        {
            return key[..end];
        }

        if (table is not ("commit-journal" or "job-datums" or "s3-uploads" or "s3-parts" or "s3-markers" or "s3-metadata"))
        {
            return null;
        }

        int slash = key.AsSpan(0, end < 0 ? key.Length : end).IndexOf('/');
        return slash < 0 ? null : key[..slash];
    }

    /// <summary>Seals a value.</summary>
    public static byte[] Seal(ProjectKeys keys, string table, string key, ReadOnlySpan<byte> value)
    {
        byte[] row = new byte[HeadSize + NonceSize + value.Length + TagSize];
        row[1] = Version;
        Span<byte> nonce = row.AsSpan(HeadSize, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using AesGcm cipher = new(keys.Rows, TagSize);
        cipher.Encrypt(nonce, value, row.AsSpan(HeadSize + NonceSize, value.Length), row.AsSpan(row.Length - TagSize), Context(table, key));
        return row;
    }

    /// <summary>Opens a value.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: it was changed, moved or never sealed.</exception>
    public static byte[] Open(ProjectKeys keys, string table, string key, ReadOnlySpan<byte> row)
    {
        try
        {
            if (row.Length >= HeadSize + NonceSize + TagSize && row[0] == 0 && row[1] == Version)
            {
                byte[] value = new byte[row.Length - HeadSize - NonceSize - TagSize];
                using AesGcm cipher = new(keys.Rows, TagSize);
                cipher.Decrypt(row.Slice(HeadSize, NonceSize), row[(HeadSize + NonceSize)..^TagSize], row[^TagSize..], value, Context(table, key));
                return value;
            }
        }
        catch (AuthenticationTagMismatchException error)
        {
            throw Changed(keys, table, error);
        }

        throw Changed(keys, table, null);
    }

    private static SlipwayException Changed(ProjectKeys keys, string table, Exception? inner) =>
        new(ErrorKind.Corrupt, $"a sealed row of table {table} of project {keys.Project} was changed", innerException: inner);

    private static byte[] Context(string table, string key) => Encoding.UTF8.GetBytes(TableKey.Join(table, key));
}
