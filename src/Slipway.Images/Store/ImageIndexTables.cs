using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Images.Repositories;

namespace Slipway.Images;

/// <summary>The metadata tables of the images, and how a name is looked up in them.</summary>
internal sealed class ImageIndexTables
{
    /// <summary>Bytes of a config that is read into memory; docker's own bound for a manifest.</summary>
    public const long LargestConfig = 4 << 20;

    private const int MinimumPrefix = 4;

    private readonly Table<ImageRecord> _images = new("images", ImageRecordJson.Default.ImageRecord);
    private readonly RepositoryTables _links = new();
    private readonly Table<TagRecord> _tags = new("image-tags", ImageRecordJson.Default.TagRecord);

    public ValueTask PutImageAsync(IMetadataTransaction transaction, ImageRecord record, CancellationToken cancellationToken) =>
        _images.PutAsync(transaction, record.Manifest.Hex, record, cancellationToken);

    public ValueTask<ImageRecord?> FindImageAsync(IMetadataReader reader, Digest manifest, CancellationToken cancellationToken) =>
        _images.FindAsync(reader, manifest.Hex, cancellationToken);

    public ValueTask<bool> DeleteImageAsync(IMetadataTransaction transaction, Digest manifest, CancellationToken cancellationToken) =>
        _images.DeleteAsync(transaction, manifest.Hex, cancellationToken);

    public ValueTask PutTagAsync(IMetadataTransaction transaction, ImageReference reference, TagRecord tag, CancellationToken cancellationToken) =>
        _tags.PutAsync(transaction, KeyOf(reference), tag, cancellationToken);

    public ValueTask<bool> DeleteTagAsync(IMetadataTransaction transaction, ImageReference reference, CancellationToken cancellationToken) =>
        _tags.DeleteAsync(transaction, KeyOf(reference), cancellationToken);

    public async ValueTask<ImmutableArray<ImageRecord>> ListImagesAsync(IMetadataReader reader, CancellationToken cancellationToken)
    {
        ImmutableArray<ImageRecord>.Builder records = ImmutableArray.CreateBuilder<ImageRecord>();
        await foreach ((_, ImageRecord record) in _images.ScanAsync(reader, null, cancellationToken))
        {
            records.Add(record);
        }

        return records.ToImmutable();
    }

    public async ValueTask<ImmutableArray<(ImageReference Reference, TagRecord Tag)>> ListTagsAsync(IMetadataReader reader, CancellationToken cancellationToken)
    {
        ImmutableArray<(ImageReference, TagRecord)>.Builder tags = ImmutableArray.CreateBuilder<(ImageReference, TagRecord)>();
        await foreach ((string key, TagRecord tag) in _tags.ScanAsync(reader, null, cancellationToken))
        {
            tags.Add((ImageReference.Of(RepositoryTables.RepositoryOf(key), TagOf(key)), tag));
        }

        return tags.ToImmutable();
    }

    /// <summary>The tags of one repository, in the order of their bytes.</summary>
    public ValueTask<List<string>> ListTagsAsync(IMetadataReader reader, RepositoryName repository, CancellationToken cancellationToken) =>
        _tags.ScanAsync(reader, RepositoryTables.KeyOf(repository), cancellationToken).Select(row => TagOf(row.Key)).ToListAsync(cancellationToken);

    /// <summary>The tag record of a name with a tag, or null.</summary>
    public ValueTask<TagRecord?> FindTagAsync(IMetadataReader reader, ImageReference reference, CancellationToken cancellationToken) =>
        _tags.FindAsync(reader, KeyOf(reference), cancellationToken);

    /// <summary>The manifest that a name, digest or prefix means, or null.</summary>
    public async ValueTask<Digest?> ResolveAsync(IMetadataReader reader, string text, CancellationToken cancellationToken)
    {
        if (ImageReference.TryParse(text, out ImageReference? reference))
        {
            if (reference.Digest is { } pinned)
            {
                return await _images.FindAsync(reader, pinned.Hex, cancellationToken) is not null
                    || await _links.FindManifestAsync(reader, RepositoryName.Of(reference), pinned, cancellationToken) is not null ? pinned : null;
            }

            if (await FindTagAsync(reader, reference, cancellationToken) is { } tag)
            {
                return tag.Manifest;
            }
        }

        return await ResolveIdAsync(reader, text, cancellationToken);
    }

    private async ValueTask<Digest?> ResolveIdAsync(IMetadataReader reader, string text, CancellationToken cancellationToken)
    {
        string prefix = text.StartsWith("sha256:", StringComparison.Ordinal) ? text["sha256:".Length..] : text;
        if (prefix.Length < MinimumPrefix || prefix.Length > Digest.Size * 2 || !prefix.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        ImmutableArray<ImageRecord> found =
        [
            .. (await ListImagesAsync(reader, cancellationToken)).Where(record =>
                record.Manifest.Hex.StartsWith(prefix, StringComparison.Ordinal) || record.Config.Hex.StartsWith(prefix, StringComparison.Ordinal)),
        ];
        return found.Length switch
        {
            0 => null,
            1 => found[0].Manifest,

            // The same files and config under manifests that differ in annotations only: any of them is meant, so the youngest.
            _ when found.All(record => record.Config == found[0].Config) => found.MaxBy(record => record.Created)!.Manifest,
            _ => throw new SlipwayException(
                ErrorKind.InvalidArgument,
                $"'{text}' is the beginning of {found.Length} images' ids: {string.Join(", ", found.Select(record => record.Manifest.Short))}",
                "Give more digits."),
        };
    }

    private static string TagOf(string key) => key[(key.LastIndexOf(TableKey.Separator) + 1)..];

    private static string KeyOf(ImageReference reference) => TableKey.Join(reference.Domain, reference.Repository, reference.Tag ?? "");
}
