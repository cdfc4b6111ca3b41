using Slipway.Images;

namespace Slipway.Daemon.Registry;

/// <summary>What a path below <c>/v2/</c> is about.</summary>
internal enum RouteKind
{
    Root,
    Catalog,
    Token,
    Manifest,
    Tags,
    Referrers,
    Blob,
    Uploads,
    Upload,
}

/// <summary>A path below <c>/v2/</c>, read from its end: a repository's name may hold any of the words between.</summary>
/// <param name="Repository">Null only where the route has none.</param>
/// <param name="Reference">The tag, digest or upload's id that it ends in; else empty.</param>
internal sealed record RegistryRoute(RouteKind Kind, RepositoryName? Repository, string Reference)
{
    /// <summary>Where tokens are given. No repository is hidden by it: all of their routes have more parts.</summary>
    public const string TokenPath = "/v2/token";

    /// <exception cref="RegistryException">There is no such route, or its repository's name is none.</exception>
    public static RegistryRoute Parse(string path)
    {
        string[] parts = path["/v2".Length..].Split('/', StringSplitOptions.None)[1..];
        return parts switch
        {
            [] or [""] => new(RouteKind.Root, null, ""),
            ["token"] => new(RouteKind.Token, null, ""),
            ["_catalog"] => new(RouteKind.Catalog, null, ""),
            [.. var name, "tags", "list"] => new(RouteKind.Tags, NameOf(name), ""),
            [.. var name, "manifests", var reference] => new(RouteKind.Manifest, NameOf(name), reference),
            [.. var name, "referrers", var digest] => new(RouteKind.Referrers, NameOf(name), digest),
            [.. var name, "blobs", "uploads"] => new(RouteKind.Uploads, NameOf(name), ""),
            [.. var name, "blobs", "uploads", ""] => new(RouteKind.Uploads, NameOf(name), ""),
            [.. var name, "blobs", "uploads", var id] => new(RouteKind.Upload, NameOf(name), id),
            [.. var name, "blobs", var digest] => new(RouteKind.Blob, NameOf(name), digest),
            _ => throw new RegistryException(404, "UNSUPPORTED", "the distribution specification has no such route"),
        };
    }

    private static RepositoryName NameOf(string[] parts) => NameOf(string.Join('/', parts));

    /// <exception cref="RegistryException">It is none.</exception>
    public static RepositoryName NameOf(string text) => RepositoryName.TryParse(text, out RepositoryName? name) ? name : throw new RegistryException(
        400, "NAME_INVALID", "a repository's name is at most 255 lower-case letters, digits and single separators . _ - in parts joined by /");
}
