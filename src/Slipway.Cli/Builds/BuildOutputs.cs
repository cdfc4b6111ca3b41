using System.Text.Json;
using Slipway.Api;

namespace Slipway.Cli.Builds;

internal enum BuildOutputKind
{
    /// <summary>An image in the store, by the names of -t and of this output.</summary>
    Image,

    /// <summary>The image's files, in a folder.</summary>
    Local,

    /// <summary>The image's files, as a tar.</summary>
    Tar,
}

/// <summary>Where --output puts a build's result.</summary>
/// <param name="Destination">A folder or file; "-" is stdout; empty for an image.</param>
/// <param name="Names">Of an image.</param>
internal sealed record BuildOutput(BuildOutputKind Kind, string Destination, IReadOnlyList<string> Names)
{
    /// <param name="texts"><c>type=local,dest=DIR</c>, <c>type=tar,dest=FILE</c>, <c>type=image,name=NAME</c>; a folder alone is local, "-" a tar on stdout.</param>
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

        Dictionary<string, string> fields = FieldList.Read(text, "--output", ["type", "dest", "destination", "name"]);
        string? destination = fields.GetValueOrDefault("dest") ?? fields.GetValueOrDefault("destination");
        string[] names = fields.TryGetValue("name", out string? name) ? [name] : [];
        return fields.GetValueOrDefault("type") switch
        {
            "image" or "docker" when destination is null => new(BuildOutputKind.Image, "", names),
            "local" when destination is not null => new(BuildOutputKind.Local, destination, names),
            "tar" => new(BuildOutputKind.Tar, destination ?? "-", names),
            "local" => throw new CliException($"--output {text}: it has no dest", "for example: --output type=local,dest=out", usage: true),
            _ => throw new CliException($"--output {text}: this type is not known", "the types are local, tar and image; `slipway save` writes an image as an archive", usage: true),
        };
    }

    /// <summary>Brings a built image there.</summary>
    public async Task WriteAsync(CommandContext context, string image, CancellationToken cancellationToken)
    {
        if (Kind == BuildOutputKind.Image)
        {
            return;
        }

        Stream files = await context.Client.GetImageFilesAsync(image, cancellationToken).ConfigureAwait(false);
        await using (files.ConfigureAwait(false))
        {
            if (Kind == BuildOutputKind.Local)
            {
                string folder = context.Resolve(Destination);
                Directory.CreateDirectory(folder);
                await ContextArchive.ExtractAsync(ReadOnlyMemory<byte>.Empty, files, folder, cancellationToken).ConfigureAwait(false);
                return;
            }

            Stream target = Destination == "-" ? context.OpenOutput() : File.Create(context.Resolve(Destination));
            await using (target.ConfigureAwait(false))
            {
                await files.CopyToAsync(target, cancellationToken).ConfigureAwait(false);
            }
        }
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
