namespace Slipway.Build.Inventory;

/// <summary>What pip and its kin installed: the metadata beside each package (packaging.python.org, "Recording installed projects").</summary>
internal static class PythonPackages
{
    /// <summary>The file that describes a package, where the entry is such a folder or file; else null.</summary>
    public static string? MetadataOf(string path, bool isFolder) => (isFolder, Path.GetExtension(path)) switch
    {
        (true, ".dist-info") => path + "/METADATA",
        (true, ".egg-info") => path + "/PKG-INFO",
        (false, ".egg-info") => path,
        _ => null,
    };

    public static Package? Parse(string text, string path)
    {
        Dictionary<string, string>? fields = Stanzas.Read(text).FirstOrDefault();
        if (fields is null || !fields.TryGetValue("Name", out string? name) || !fields.TryGetValue("Version", out string? version))
        {
            return null;
        }

        return new(PackageKind.Python, name, version, path)
        {
            License = Known(fields.GetValueOrDefault("License-Expression")) ?? Known(fields.GetValueOrDefault("License")),
            Maintainer = Known(fields.GetValueOrDefault("Author-email")) ?? Known(fields.GetValueOrDefault("Author")),
            Homepage = Known(fields.GetValueOrDefault("Home-page")),
        };
    }

    private static string? Known(string? text) => string.IsNullOrEmpty(text) || text == "UNKNOWN" ? null : text;
}
