namespace Slipway.Build.Inventory;

/// <summary>Who put a package into an image.</summary>
public enum PackageKind
{
    Deb,
    Rpm,
    Apk,
    Python,
    Conda,
    Npm,
}

/// <summary>One package that an image holds, as its package manager noted it.</summary>
/// <param name="Version">With epoch and release, as the manager writes it.</param>
/// <param name="Location">The file that says so, from the image's root.</param>
public sealed record Package(PackageKind Kind, string Name, string Version, string Location)
{
    public string? Architecture { get; init; }

    /// <summary>As the package says it; not always a term of SPDX.</summary>
    public string? License { get; init; }

    /// <summary>Who made it: a name, possibly with an address in angle brackets.</summary>
    public string? Maintainer { get; init; }

    /// <summary>Who distributes it.</summary>
    public string? Vendor { get; init; }

    public string? Homepage { get; init; }

    /// <summary>The package whose sources it was made from.</summary>
    public string? SourcePackage { get; init; }

    /// <summary>Where it can be downloaded.</summary>
    public string? Download { get; init; }

    /// <summary>Of conda: the build, the channel and the platform's folder in it.</summary>
    public (string? Build, string? Channel, string? Subdirectory) Conda { get; init; }
}
