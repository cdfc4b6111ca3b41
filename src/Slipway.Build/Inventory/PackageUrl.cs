using System.Text;

namespace Slipway.Build.Inventory;

/// <summary>A package's name in the world: a package URL (package-url specification, PURL-TYPES).</summary>
internal static class PackageUrl
{
    public static string Of(Package package, ImageSystem system) => package.Kind switch
    {
        PackageKind.Deb => System("deb", package, system, "debian", package.Version, null),
        PackageKind.Apk => System("apk", package, system, "alpine", package.Version, null),
        PackageKind.Rpm => Rpm(package, system),
        PackageKind.Python => $"pkg:pypi/{Escape(package.Name.ToLowerInvariant().Replace('_', '-'))}@{Escape(package.Version)}",
        PackageKind.Npm => $"pkg:npm/{string.Join('/', package.Name.Split('/', 2).Select(Escape))}@{Escape(package.Version)}",
        _ => $"pkg:conda/{Escape(package.Name)}@{Escape(package.Version)}"
            + Qualifiers(("build", package.Conda.Build), ("channel", package.Conda.Channel), ("subdir", package.Conda.Subdirectory)),
    };

    private static string Rpm(Package package, ImageSystem system)
    {
        int colon = package.Version.IndexOf(':', StringComparison.Ordinal);
        return System("rpm", package, system, "redhat", colon < 0 ? package.Version : package.Version[(colon + 1)..], colon < 0 ? null : package.Version[..colon]);
    }

    private static string System(string type, Package package, ImageSystem system, string fallback, string version, string? epoch)
    {
        string? distribution = system.Id is null ? null : system.Version is null ? system.Id : $"{system.Id}-{system.Version}";
        return $"pkg:{type}/{Escape(system.Id ?? fallback)}/{Escape(package.Name)}@{Escape(version)}"
            + Qualifiers(("arch", package.Architecture), ("distro", distribution), ("epoch", epoch));
    }

    private static string Qualifiers(params (string Name, string? Value)[] qualifiers)
    {
        StringBuilder text = new();
        foreach ((string name, string? value) in qualifiers)
        {
            if (!string.IsNullOrEmpty(value))
            {
                text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Escape(value));
            }
        }

        return text.ToString();
    }

    // The specification leaves a colon as it is.
    private static string Escape(string text) => Uri.EscapeDataString(text).Replace("%3A", ":", StringComparison.Ordinal);
}
