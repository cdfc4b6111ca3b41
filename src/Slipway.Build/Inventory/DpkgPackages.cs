namespace Slipway.Build.Inventory;

/// <summary>What dpkg installed: its status file, or in images without a shell a file a package (Debian policy, deb-control).</summary>
internal static class DpkgPackages
{
    private const string StatusFile = "var/lib/dpkg/status";
    private const string StatusFolder = "var/lib/dpkg/status.d";

    public static IEnumerable<Package> Read(ImageTree image)
    {
        IEnumerable<string> files = image.Files(StatusFolder).Where(path => !path.EndsWith(".md5sums", StringComparison.Ordinal));
        return files.Prepend(StatusFile).SelectMany(path => Parse(image.ReadText(path) ?? "", path));
    }

    internal static IEnumerable<Package> Parse(string text, string path)
    {
        foreach (Dictionary<string, string> fields in Stanzas.Read(text))
        {
            bool isInstalled = !fields.TryGetValue("Status", out string? status) || status.EndsWith(" installed", StringComparison.Ordinal);
            if (isInstalled && fields.TryGetValue("Package", out string? name) && fields.TryGetValue("Version", out string? version))
            {
                yield return new(PackageKind.Deb, name, version, path)
                {
                    Architecture = fields.GetValueOrDefault("Architecture"),
                    Maintainer = fields.GetValueOrDefault("Maintainer"),
                    Homepage = fields.GetValueOrDefault("Homepage"),
                    SourcePackage = fields.GetValueOrDefault("Source"),
                };
            }
        }
    }
}
