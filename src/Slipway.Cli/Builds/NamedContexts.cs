namespace Slipway.Cli.Builds;

/// <summary>What --build-context names: images, and folders from wherever they come.</summary>
internal sealed record NamedContexts(IReadOnlyDictionary<string, string> Images, IReadOnlyDictionary<string, BuildContext> Folders)
{
    private const string ImageScheme = "docker-image://";

    public static async Task<NamedContexts> ReadAsync(CommandContext context, ContextSource source, IReadOnlyList<string>? texts, CancellationToken cancellationToken)
    {
        Dictionary<string, string> images = new(StringComparer.Ordinal);
        Dictionary<string, BuildContext> folders = new(StringComparer.Ordinal);
        foreach (string text in texts ?? [])
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == text.Length - 1)
            {
                throw new CliException($"--build-context {text}: this is not NAME=FOLDER", "for example: --build-context data=../data, or base=docker-image://python:3.11", usage: true);
            }

            string name = text[..equals], value = text[(equals + 1)..];
            if (value.StartsWith(ImageScheme, StringComparison.Ordinal))
            {
                images[name] = value[ImageScheme.Length..];
                continue;
            }

            (string folder, byte[]? file) = await source.OpenAsync(context, value, cancellationToken).ConfigureAwait(false);
            folders[name] = file is null && Directory.Exists(folder)
                ? BuildContext.OfFolder(folder)
                : throw new CliException($"--build-context {text}: there is no folder '{value}'", "it is a folder, a git or tar URL, or docker-image://NAME");
        }

        return new(images, folders);
    }
}
