namespace Slipway.Build.Inventory;

/// <summary>What apk installed: its list of one-letter fields (apk-tools, "Apk spec", installed database).</summary>
internal static class ApkPackages
{
    private static readonly string[] Lists = ["lib/apk/db/installed", "usr/lib/apk/db/installed"];

    public static IEnumerable<Package> Read(ImageTree image) =>
        Lists.Where(image.HasFile).Take(1).SelectMany(path => Parse(image.ReadText(path) ?? "", path));

    internal static IEnumerable<Package> Parse(string text, string path)
    {
        foreach (Dictionary<string, string> fields in Stanzas.Read(text))
        {
            if (fields.TryGetValue("P", out string? name) && fields.TryGetValue("V", out string? version))
            {
                yield return new(PackageKind.Apk, name, version, path)
                {
                    Architecture = fields.GetValueOrDefault("A"),
                    License = fields.GetValueOrDefault("L"),
                    Maintainer = fields.GetValueOrDefault("m"),
                    Homepage = fields.GetValueOrDefault("U"),
                    SourcePackage = fields.GetValueOrDefault("o"),
                };
            }
        }
    }
}
