using Slipway.Api;

namespace Slipway.Cli.Builds;

/// <summary>Reads --cache-from and --cache-to as BuildKit writes them.</summary>
internal static class SharedCacheOptions
{
    /// <param name="texts"><c>type=local,src=FOLDER</c>, <c>type=registry,ref=NAME</c>; a name alone is a registry's.</param>
    public static Task<IReadOnlyList<SharedCacheOption>> FromAsync(CommandContext context, IReadOnlyList<string>? texts, CancellationToken cancellationToken) =>
        ReadAsync(context, texts, "--cache-from", "src", ["type", "src", "ref", "tag", "plain-http"], cancellationToken);

    /// <param name="texts">As of <see cref="FromAsync"/>, with <c>dest</c>, <c>mode=min|max</c> and <c>ignore-error=true</c>.</param>
    public static Task<IReadOnlyList<SharedCacheOption>> ToAsync(CommandContext context, IReadOnlyList<string>? texts, CancellationToken cancellationToken) =>
        ReadAsync(context, texts, "--cache-to", "dest", ["type", "dest", "ref", "tag", "mode", "ignore-error", "plain-http", "oci-mediatypes", "image-manifest"], cancellationToken);

    private static async Task<IReadOnlyList<SharedCacheOption>> ReadAsync(
        CommandContext context, IReadOnlyList<string>? texts, string option, string place, string[] known, CancellationToken cancellationToken)
    {
        List<SharedCacheOption> caches = [];
        foreach (string text in texts ?? [])
        {
            SharedCacheOption cache = Read(context, text.Contains('=', StringComparison.Ordinal) ? text : $"type=registry,ref={text}", option, place, known);
            if (cache.Image is { } image
                && await context.ReadLogins().FindAsync(DockerConfig.RegistryOf(image), cancellationToken).ConfigureAwait(false) is { } login)
            {
                cache = cache with { User = login.User, Password = login.Password };
            }

            caches.Add(cache);
        }

        return caches;
    }

    private static SharedCacheOption Read(CommandContext context, string text, string option, string place, string[] known)
    {
        Dictionary<string, string> fields = FieldList.Read(text, option, known);
        SharedCacheOption cache = new()
        {
            Tag = fields.GetValueOrDefault("tag", "latest"),
            All = fields.GetValueOrDefault("mode", "min") switch
            {
                "min" => false,
                "max" => true,
                string other => throw new CliException($"{option} {text}: there is no mode '{other}'", "the modes are min (the layers of the result) and max (of every step)", usage: true),
            },
            IgnoreErrors = Flag(fields, "ignore-error", text, option),
            PlainHttp = Flag(fields, "plain-http", text, option),
        };
        return fields.GetValueOrDefault("type") switch
        {
            "local" when fields.TryGetValue(place, out string? folder) && folder.Length > 0 => cache with { Folder = context.Resolve(folder) },
            "registry" when fields.TryGetValue("ref", out string? image) && image.Length > 0 => cache with { Image = image },
            "local" => throw new CliException($"{option} {text}: it has no {place}", $"for example: {option} type=local,{place}=cache", usage: true),
            "registry" => throw new CliException($"{option} {text}: it has no ref", $"for example: {option} type=registry,ref=registry.example.com/team/app:cache", usage: true),
            string other => throw new CliException($"{option} {text}: the type '{other}' is not known", "the types are local and registry", usage: true),
            null => throw new CliException($"{option} {text}: it has no type", "the types are local and registry", usage: true),
        };
    }

    private static bool Flag(Dictionary<string, string> fields, string name, string text, string option) => fields.GetValueOrDefault(name, "false") switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => throw new CliException($"{option} {text}: {name} is true or false", usage: true),
    };
}
