using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Slipway.Images;

/// <summary>
/// The part of a reference before the tag. A registry's path is the familiar spelling of it: <c>demo</c> is <c>docker.io/library/demo</c>, and
/// <c>ghcr.io/org/app</c> is that image of the other registry, as it is kept here.
/// </summary>
public sealed partial record RepositoryName
{
    private const int MaximumLength = 255;

    private RepositoryName(string domain, string path) => (Domain, Path) = (domain, path);

    /// <summary>Where documents about images without a name are kept. No registry's client can spell it.</summary>
    public static RepositoryName Nameless { get; } = new("-", "nameless");

    /// <summary>The registry that the images are of; <c>docker.io</c> where none was written.</summary>
    public string Domain { get; }

    /// <summary>The path within that registry.</summary>
    public string Path { get; }

    /// <summary>Reads a repository's name as the path of a registry's route has it (distribution specification, "Pulling manifests").</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out RepositoryName? name)
    {
        name = text is null || text.Length > MaximumLength || !Pattern().IsMatch(text) ? null
            : ImageReference.TryParse(text, out ImageReference? reference) && reference.Tag == "latest" && reference.Digest is null ? Of(reference)

            // The specification allows names that no reference can spell, as one that begins with something like a host but is none.
            : new RepositoryName(ImageReference.DefaultDomain, text);
        return name is not null;
    }

    /// <summary>The repository of a reference.</summary>
    public static RepositoryName Of(ImageReference reference) => new(reference.Domain, reference.Repository);

    /// <summary>The familiar spelling.</summary>
    public override string ToString() => ImageReference.Of(this, null).FamiliarName;

    internal static RepositoryName OfParts(string domain, string path) => new(domain, path);

    [GeneratedRegex(@"^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
