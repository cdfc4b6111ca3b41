using System.Text.Json;

namespace Slipway.Build.Inventory;

/// <summary>What conda and npm installed: a JSON file a package (conda-meta/NAME.json; node_modules/NAME/package.json). A file that is no such JSON is no package.</summary>
internal static class JsonPackages
{
    /// <summary>conda's file for a package.</summary>
    public static bool IsConda(string path) =>
        path.EndsWith(".json", StringComparison.Ordinal) && Path.GetFileName(Path.GetDirectoryName(path)) == "conda-meta";

    /// <summary>Whether a folder is a package of npm: right below a <c>node_modules</c>, or a scope in one.</summary>
    public static bool IsNpmFolder(string path)
    {
        string? parent = Path.GetDirectoryName(path), name = Path.GetFileName(path);
        return name.Length > 0 && name[0] is not ('@' or '.') && (Path.GetFileName(parent) == "node_modules"
            || (Path.GetFileName(parent) is ['@', ..] && Path.GetFileName(Path.GetDirectoryName(parent)) == "node_modules"));
    }

    public static Package? ParseConda(ReadOnlyMemory<byte> json, string path) => Read(json, root => Named(root, PackageKind.Conda, path) is { } package
        ? package with
        {
            License = Text(root, "license"),
            Download = Text(root, "url"),
            Conda = (Text(root, "build"), Channel(Text(root, "channel")), Text(root, "subdir")),
        }
        : null);

    public static Package? ParseNpm(ReadOnlyMemory<byte> json, string path) => Read(json, root => Named(root, PackageKind.Npm, path) is { } package
        ? package with
        {
            License = Text(root, "license") ?? (root.TryGetProperty("license", out JsonElement old) && old.ValueKind == JsonValueKind.Object ? Text(old, "type") : null),
            Maintainer = Text(root, "author") ?? (root.TryGetProperty("author", out JsonElement author) && author.ValueKind == JsonValueKind.Object ? Text(author, "name") : null),
            Homepage = Text(root, "homepage"),
        }
        : null);

    private static Package? Read(ReadOnlyMemory<byte> json, Func<JsonElement, Package?> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return document.RootElement.ValueKind == JsonValueKind.Object ? read(document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Package? Named(JsonElement root, PackageKind kind, string path) =>
        Text(root, "name") is { Length: > 0 } name && Text(root, "version") is { Length: > 0 } version ? new(kind, name, version, path) : null;

    // A channel is an address whose last part names it: https://conda.anaconda.org/conda-forge/linux-64.
    private static string? Channel(string? text)
    {
        string[] parts = text?.Split('/', StringSplitOptions.RemoveEmptyEntries) ?? [];
        string[] names = parts is [.., var last] && (last == "noarch" || last.Split('-') is ["linux" or "osx" or "win", _]) ? parts[..^1] : parts;
        return names.Length == 0 ? null : names[^1];
    }

    private static string? Text(JsonElement element, string field)
    {
        try
        {
            return element.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // Half a surrogate pair: no text.
        }
    }
}
