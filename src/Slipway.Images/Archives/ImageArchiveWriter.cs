using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images.Layers;

namespace Slipway.Images.Archives;

/// <summary>
/// Writes images as one tar that is two things at once, as docker's own has been since its version 25: an OCI image layout (image-layout.md) with
/// <c>index.json</c>, and docker's archive with <c>manifest.json</c>. The same images under the same names give the same bytes.
/// </summary>
public sealed class ImageArchiveWriter(ImageStore images, IBlobStore blobs)
{
    private const string BlobFolder = "blobs/sha256/";
    private static readonly byte[] Layout = """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray();

    /// <summary>Writes the images that names or digests mean. Of an index that was pulled for one platform, that image.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>, before a byte is written; <see cref="ErrorKind.Corrupt"/>.</exception>
    public async Task WriteAsync(IReadOnlyList<string> names, Stream output, CancellationToken cancellationToken)
    {
        SortedDictionary<string, long> kept = new(StringComparer.Ordinal);
        List<ArchivedImage> tops = [];
        foreach (string name in names)
        {
            ArchivedImage top = await FindAsync(name, cancellationToken);
            await CollectAsync(top.Manifest.Digest, kept, cancellationToken);
            tops.Add(top);
        }

        TarStream tar = new(output);
        await tar.FolderAsync("blobs", cancellationToken);
        await tar.FolderAsync("blobs/sha256", cancellationToken);
        foreach ((string hex, long size) in kept)
        {
            await using Stream content = await blobs.OpenAsync(Digest.Parse("sha256:" + hex), cancellationToken);
            await tar.FileAsync(BlobFolder + hex, content, size, cancellationToken);
        }

        await tar.FileAsync("index.json", IndexOf(tops), cancellationToken);
        await tar.FileAsync("manifest.json", DockerListOf(tops), cancellationToken);
        await tar.FileAsync("oci-layout", Layout, cancellationToken);
        await tar.EndAsync(cancellationToken);
    }

    private async Task<ArchivedImage> FindAsync(string name, CancellationToken cancellationToken)
    {
        Digest manifest = await images.ResolveAsync(name, cancellationToken);
        ManifestContent content = await ReadAsync(manifest, cancellationToken);
        Image image = await images.GetAsync(name, cancellationToken);
        if (MediaTypes.IsIndex(content.MediaType) && (await blobs.FindMissingAsync([.. content.Children.Select(child => child.Digest)], cancellationToken)).Count > 0)
        {
            manifest = image.Digest;
            content = await ReadAsync(manifest, cancellationToken);
        }

        BlobInfo stored = await blobs.FindAsync(manifest, cancellationToken) ?? throw new SlipwayException(ErrorKind.NotFound, $"manifest {manifest} is not in the store");
        ImageReference? reference = ImageReference.TryParse(name, out ImageReference? parsed) && parsed.Digest is null && await images.HasTagAsync(parsed, cancellationToken) ? parsed : null;
        return new(new(content.MediaType, manifest, stored.Size), image, reference);
    }

    private async Task CollectAsync(Digest manifest, SortedDictionary<string, long> kept, CancellationToken cancellationToken)
    {
        ManifestContent content = await ReadAsync(manifest, cancellationToken);
        foreach (Digest blob in (IEnumerable<Digest>)[manifest, .. content.Blobs.Select(blob => blob.Digest)])
        {
            kept[blob.Hex] = (await blobs.FindAsync(blob, cancellationToken) ?? throw new SlipwayException(
                ErrorKind.NotFound, $"blob {blob} is not in the store, though manifest {manifest.Short} names it", "slipway verify says what else it concerns")).Size;
        }

        foreach (Descriptor child in content.Children)
        {
            await CollectAsync(child.Digest, kept, cancellationToken);
        }
    }

    private async Task<ManifestContent> ReadAsync(Digest manifest, CancellationToken cancellationToken) =>
        ManifestContent.Parse(await blobs.ReadAllAsync(manifest, cancellationToken), null);

    private static byte[] IndexOf(List<ArchivedImage> tops) => Json(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", MediaTypes.OciIndex);
        json.WriteStartArray("manifests");
        foreach (ArchivedImage top in tops.DistinctBy(static top => (top.Manifest.Digest, top.Reference)))
        {
            ImmutableSortedDictionary<string, string> annotations = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
            DescriptorJson.Write(json, top.Manifest with
            {
                Annotations = top.Reference is { } reference
                    ? annotations.Add(ArchiveAnnotations.ContainerdName, reference.ToString()).Add(ArchiveAnnotations.ReferenceName, reference.Tag!)
                    : annotations,
            });
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static byte[] DockerListOf(List<ArchivedImage> tops) => Json(json =>
    {
        json.WriteStartArray();
        foreach (IGrouping<Digest, ArchivedImage> same in tops.GroupBy(static top => top.Image.Digest))
        {
            Image image = same.First().Image;
            json.WriteStartObject();
            json.WriteString("Config", BlobFolder + image.ConfigDigest.Hex);
            json.WriteStartArray("RepoTags");
            foreach (string name in same.Where(static top => top.Reference is not null).Select(static top => top.Reference!.Familiar).Distinct())
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            json.WriteStartArray("Layers");
            foreach (Layer layer in image.Layers)
            {
                json.WriteStringValue(BlobFolder + layer.Descriptor.Digest.Hex);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, CanonicalJson.Options))
        {
            write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <param name="Manifest">What the name means: an image's manifest or an index.</param>
    /// <param name="Image">The image that it means on this machine.</param>
    private sealed record ArchivedImage(Descriptor Manifest, Image Image, ImageReference? Reference);
}
