namespace Slipway.Build.Provenance;

/// <summary>Addresses as a statement may show them: without what logs in.</summary>
public static class SourceUri
{
    /// <summary>
    /// Without the user's name and password, and without the query of a web address, where presigned ones have their key. What is no address stays as it is.
    /// </summary>
    public static string WithoutSecrets(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || !address.Contains("://", StringComparison.Ordinal))
        {
            return address;
        }

        bool isWeb = uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps;
        string authority = uri.IsDefaultPort ? uri.Host : $"{uri.Host}:{uri.Port}";
        string user = isWeb || uri.UserInfo.Length == 0 ? "" : uri.UserInfo.Split(':')[0] + "@";
        return $"{uri.Scheme}://{user}{authority}{(isWeb ? uri.AbsolutePath : uri.PathAndQuery)}";
    }

    /// <summary>A repository as SPDX writes download locations: <c>git+https://host/path@reference</c>. Null for a folder of some machine.</summary>
    public static string? OfGit(string url, string? reference)
    {
        string clean = WithoutSecrets(url);
        string? prefixed = clean.StartsWith("git://", StringComparison.Ordinal) ? clean
            : clean.Contains("://", StringComparison.Ordinal) ? "git+" + clean
            : clean.StartsWith("github.com/", StringComparison.Ordinal) ? "git+https://" + clean
            : clean.IndexOf('@', StringComparison.Ordinal) is var at and > 0 && clean.IndexOf(':', at) is var colon and > 0 ? $"git+ssh://{clean[..colon]}/{clean[(colon + 1)..].TrimStart('/')}"
            : null;
        return prefixed is null || reference is null ? prefixed : $"{prefixed}@{reference}";
    }

    /// <summary>An image as a package URL (package-url specification, type docker).</summary>
    /// <param name="familiar">As a person names it: <c>python:3.11</c>, <c>host/team/app@sha256:…</c>.</param>
    public static string OfImage(string familiar, string architecture)
    {
        string name = familiar.Split('@')[0];
        int colon = name.LastIndexOf(':');
        string tag = colon > name.LastIndexOf('/') ? name[(colon + 1)..] : "";
        string path = tag.Length > 0 ? name[..colon] : name;
        string version = tag.Length > 0 ? "@" + Uri.EscapeDataString(tag) : "";
        return $"pkg:docker/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}{version}?platform=linux%2F{Uri.EscapeDataString(architecture)}";
    }
}
