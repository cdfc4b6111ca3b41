using System.Text.Json;
using Slipway.Api;
using Slipway.Cli.Archives;

namespace Slipway.Cli.Builds;

internal enum BuildOutputKind
{
    /// <summary>An image in the store, by the names of -t and of this output.</summary>
    Image,

    /// <summary>The image's files, in a folder.</summary>
    Local,

    /// <summary>The image's files, as a tar.</summary>
    Tar,

    /// <summary>The image, as a tar that is OCI's image layout and docker's archive in one.</summary>
    Archive,

    /// <summary>The same, as a folder.</summary>
    Layout,
}

/// <summary>Where --output puts a build's result.</summary>
/// <param name="Destination">A folder or file; "-" is stdout; empty for an image.</param>
/// <param name="Names">Of an image: it has them in the store, and in the archive.</param>
internal sealed record BuildOutput(BuildOutputKind Kind, string Destination, IReadOnlyList<string> Names)
{
    /// <param name="texts"><c>type=local,dest=DIR</c>, <c>type=tar,dest=FILE</c>, <c>type=image,name=NAME</c>, <c>type=oci,dest=FILE</c>; a folder alone is local, "-" a tar on stdout.</param>
    public static IReadOnlyList<BuildOutput> Read(IReadOnlyList<string>? texts) => [.. (texts ?? []).Select(ReadOne)];

    private static BuildOutput ReadOne(string text)
    {
        if (text == "-")
        {
            return new(BuildOutputKind.Tar, "-", []);
        }

        if (!text.Contains('=', StringComparison.Ordinal))
        {
            return new(BuildOutputKind.Local, text, []);
        }

        Dictionary<string, string> fields = FieldList.Read(text, "--output", ["type", "dest", "destination", "name", "tar"]);
        string? destination = fields.GetValueOrDefault("dest") ?? fields.GetValueOrDefault("destination");
        string[] names = fields.TryGetValue("name", out string? name) ? [name] : [];
        bool folder = fields.GetValueOrDefault("tar", "true") is "false" or "0";
        return fields.GetValueOrDefault("type") switch
        {
            "oci" or "docker" when folder && destination is not (null or "-") => new(BuildOutputKind.Layout, destination, names),
            "oci" or "docker" when folder => throw new CliException($"--output {text}: it has no dest", "for example: --output type=oci,dest=image,tar=false", usage: true),
            "oci" => new(BuildOutputKind.Archive, destination ?? "-", names),
            "docker" when destination is not null => new(BuildOutputKind.Archive, destination, names),
            "image" or "docker" when destination is null => new(BuildOutputKind.Image, "", names),
            "local" when destination is not null => new(BuildOutputKind.Local, destination, names),
            "tar" => new(BuildOutputKind.Tar, destination ?? "-", names),
            "local" => throw new CliException($"--output {text}: it has no dest", "for example: --output type=local,dest=out", usage: true),
            _ => throw new CliException($"--output {text}: this type is not known", "the types are local, tar, image, oci and docker", usage: true),
        };
    }

    /// <summary>Refuses what would fill a terminal with bytes.</summary>
    public void Check(CommandContext context)
    {
        if (Destination == "-" && Kind is BuildOutputKind.Tar or BuildOutputKind.Archive)
        {
            ArchiveOutput.Check(context, Destination, "slipway build --output type=oci,dest=image.tar .");
        }
    }

    /// <summary>Brings a built image there.</summary>
    public async Task WriteAsync(CommandContext context, BuildCompleted image, CancellationToken cancellationToken)
    {
        if (Kind == BuildOutputKind.Image)
        {
            return;
        }

        Stream tar = await OpenAsync(context, image, cancellationToken).ConfigureAwait(false);
        await using (tar.ConfigureAwait(false))
        {
            if (Kind is BuildOutputKind.Local or BuildOutputKind.Layout)
            {
                string folder = context.Resolve(Destination);
                Directory.CreateDirectory(folder);
                await ContextArchive.ExtractAsync(ReadOnlyMemory<byte>.Empty, tar, folder, cancellationToken).ConfigureAwait(false);
                return;
            }

            await ArchiveOutput.WriteAsync(context, tar, Destination, "writing:", cancellationToken).ConfigureAwait(false);
        }
    }

    // By its names, so that the archive says them; an image without any by its digest.
    private Task<Stream> OpenAsync(CommandContext context, BuildCompleted image, CancellationToken cancellationToken)
    {
        if (Kind is BuildOutputKind.Local or BuildOutputKind.Tar)
        {
            return context.Client.GetImageFilesAsync(image.Digest, cancellationToken);
        }

        IReadOnlyList<string> names = Names.Count > 0 ? Names : image.Tags;
        return context.Client.SaveImagesAsync(names.Count > 0 ? names : [image.Digest], cancellationToken);
    }

    /// <summary>What --metadata-file holds, with the names that buildx gives.</summary>
    public static byte[] Metadata(BuildCompleted image)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("containerimage.config.digest", image.ConfigDigest);
            json.WriteStartObject("containerimage.descriptor");
            json.WriteString("mediaType", "application/vnd.oci.image.manifest.v1+json");
            json.WriteString("digest", image.Digest);
            json.WriteNumber("size", image.ManifestSize);
            json.WriteEndObject();
            json.WriteString("containerimage.digest", image.Digest);
            if (image.Tags.Count > 0)
            {
                json.WriteString("image.name", string.Join(',', image.Tags));
            }

            json.WriteEndObject();
        }

        return text.ToArray();
    }
}
