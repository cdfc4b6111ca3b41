using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Build.Contexts;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Linux;

namespace Slipway.Build.Cache;

/// <summary>The digests of large files of contexts, by what stat says of them, so that a build does not read again what has not changed. A row a file; key: device and inode.</summary>
internal sealed class RememberedDigests(IMetadataStore metadata, TimeProvider time)
{
    public const string TableName = "context-files";

    private readonly Table<RememberedDigest> _rows = new(TableName, RememberedDigestJson.Default.RememberedDigest);

    /// <summary>A file that is used every day is noted to be so once a day.</summary>
    private static readonly TimeSpan NoteAfter = TimeSpan.FromDays(1);

    /// <summary>Tells the files what is known of them.</summary>
    public async ValueTask RecallAsync(FilesInPlace files, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        await metadata.ReadAsync(
            async reader =>
            {
                foreach (FileInPlace file in files.Files)
                {
                    RememberedDigest? row = await _rows.FindAsync(reader, KeyOf(file.Status), cancellationToken);
                    if (row is not null && row.Size == file.Status.Size && row.Changed == file.Status.ChangedNanoseconds && row.Modified == ModifiedOf(file.Status))
                    {
                        (file.Digest, file.IsRemembered) = (row.Content, now - row.Used < NoteAfter);
                    }
                }

                return true;
            },
            cancellationToken);
    }

    /// <summary>Notes what a build has read, of files that are still what they were.</summary>
    public async ValueTask RememberAsync(FilesInPlace files, CancellationToken cancellationToken)
    {
        FileInPlace[] read = [.. files.Files.Where(file => file is { Digest: not null, IsRemembered: false } && files.IsUnchanged(file))];
        if (read.Length == 0)
        {
            return;
        }

        DateTimeOffset now = time.GetUtcNow();
        await metadata.WriteAsync(
            async transaction =>
            {
                foreach (FileInPlace file in read)
                {
                    FileStatus status = file.Status;
                    await _rows.PutAsync(transaction, KeyOf(status), new(status.Size, status.ChangedNanoseconds, ModifiedOf(status), file.Digest!.Value, now), cancellationToken);
                }

                return true;
            },
            cancellationToken);
    }

    private static string KeyOf(FileStatus status) =>
        TableKey.Join(status.Device.ToString("x", CultureInfo.InvariantCulture), status.Inode.ToString("x", CultureInfo.InvariantCulture));

    private static string ModifiedOf(FileStatus status) => string.Create(CultureInfo.InvariantCulture, $"{status.ModifiedSeconds}.{status.ModifiedNanoseconds:d9}");
}

/// <summary>What was known of a file, and its content's digest.</summary>
/// <param name="Changed">The time of its last change, in nanoseconds since 1970.</param>
/// <param name="Modified">The time of its content's last change, in seconds since 1970 with nine digits behind the dot.</param>
/// <param name="Used">When a build last asked, to the day.</param>
internal sealed record RememberedDigest(long Size, long Changed, string Modified, Digest Content, DateTimeOffset Used);

[JsonSerializable(typeof(RememberedDigest))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class RememberedDigestJson : JsonSerializerContext;
