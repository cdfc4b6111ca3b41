using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images;

namespace Slipway.Build.Cache.Shared;

/// <summary>
/// A shared cache in a folder: an OCI image layout (image-layout.md of the image specification), whose index names the cache by a tag. Several caches may stand in one
/// folder. What an earlier cache left in it stays.
/// </summary>
public sealed class FolderCache(IBlobStore blobs, string folder, string tag) : ISharedCache
{
    private const string NameAnnotation = "org.opencontainers.image.ref.name";
    private const string LayoutFile = "oci-layout";

    private string IndexFile => Path.Combine(folder, "index.json");

    /// <inheritdoc/>
    public string Name => tag == "latest" ? folder : $"{folder} (tag {tag})";

    /// <inheritdoc/>
    public async ValueTask<SharedAnswers> ReadAsync(CancellationToken cancellationToken)
    {
        Descriptor found = (await ReadIndexAsync(cancellationToken)).FirstOrDefault(IsOurs)
            ?? throw new SlipwayException(ErrorKind.NotFound, $"there is no cache in {Name}");
        ManifestContent manifest = ManifestContent.Parse(await ReadBlobAsync(found, cancellationToken), found.MediaType);
        return SharedAnswers.Read(manifest, await ReadBlobAsync(SharedAnswers.ConfigOf(manifest, Name), cancellationToken), Name);
    }

    /// <inheritdoc/>
    public async ValueTask FetchAsync(Descriptor layer, CancellationToken cancellationToken)
    {
        try
        {
            await using FileStream file = File.OpenRead(PathOf(layer.Digest));
            await blobs.PutAsync(file, layer.Digest, cancellationToken);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SlipwayException(ErrorKind.NotFound, $"{Name} lacks layer {layer.Digest}", innerException: fault);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(SharedAnswers answers, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(default))!);
        foreach (Descriptor layer in answers.Steps.Where(step => answers.Held.Contains(step.Layer)).DistinctBy(step => step.Layer).Select(step => step.ToLayer().Descriptor))
        {
            if (new FileInfo(PathOf(layer.Digest)) is not { Exists: true } known || known.Length != layer.Size)
            {
                await using Stream content = await blobs.OpenAsync(layer.Digest, cancellationToken);
                await WriteFileAsync(PathOf(layer.Digest), content, cancellationToken);
            }
        }

        byte[] config = answers.ToConfig(), manifest = answers.ToManifest(config);
        await WriteBlobAsync(config, cancellationToken);
        await WriteBlobAsync(manifest, cancellationToken);
        await WriteFileAsync(Path.Combine(folder, LayoutFile), new MemoryStream("""{"imageLayoutVersion":"1.0.0"}"""u8.ToArray()), cancellationToken);
        Descriptor ours = new(MediaTypes.OciManifest, Digest.Of(manifest), manifest.Length)
        {
            Annotations = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(NameAnnotation, tag),
        };
        ImmutableArray<Descriptor> others = File.Exists(IndexFile) ? [.. (await ReadIndexAsync(cancellationToken)).Where(other => !IsOurs(other))] : [];
        await WriteFileAsync(IndexFile, new MemoryStream(IndexOf([.. others, ours])), cancellationToken);
    }

    private bool IsOurs(Descriptor descriptor) => descriptor.Annotations.GetValueOrDefault(NameAnnotation) == tag;

    private async ValueTask<ImmutableArray<Descriptor>> ReadIndexAsync(CancellationToken cancellationToken)
    {
        try
        {
            return ManifestContent.Parse(await File.ReadAllBytesAsync(IndexFile, cancellationToken), MediaTypes.OciIndex).Children;
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SlipwayException(ErrorKind.NotFound, $"there is no cache in {Name}", innerException: fault);
        }
    }

    private async ValueTask<byte[]> ReadBlobAsync(Descriptor descriptor, CancellationToken cancellationToken)
    {
        FileInfo file = new(PathOf(descriptor.Digest));
        byte[] content = file.Exists && file.Length == descriptor.Size && descriptor.Size <= SharedAnswers.LargestConfig ? await File.ReadAllBytesAsync(file.FullName, cancellationToken) : [];
        return Digest.Of(content) == descriptor.Digest
            ? content
            : throw new SlipwayException(ErrorKind.Corrupt, $"the cache in {Name} is damaged: its {descriptor.Digest} is missing or holds other bytes", "Remove the folder: the next --cache-to writes it anew.");
    }

    private ValueTask WriteBlobAsync(byte[] content, CancellationToken cancellationToken) => WriteFileAsync(PathOf(Digest.Of(content)), new MemoryStream(content), cancellationToken);

    // Whole or not at all, so that a build that is killed leaves a cache that can be read.
    private static async ValueTask WriteFileAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        string made = $"{path}.{Guid.NewGuid():n}";
        try
        {
            await using (FileStream file = new(made, FileMode.CreateNew, FileAccess.Write))
            {
                await content.CopyToAsync(file, cancellationToken);
            }

            File.Move(made, path, overwrite: true);
        }
        finally
        {
            File.Delete(made);
        }
    }

    private static byte[] IndexOf(ImmutableArray<Descriptor> manifests)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.OciIndex);
            json.WriteStartArray("manifests");
            foreach (Descriptor manifest in manifests)
            {
                DescriptorJson.Write(json, manifest);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return text.ToArray();
    }

    private string PathOf(Digest digest) => Path.Combine(folder, "blobs", "sha256", digest.Hex);
}
