namespace Slipway.Build.Planning;

/// <summary>Paths inside an image, as text: absolute, <c>/</c> between the parts, never above the root.</summary>
internal static class ImagePath
{
    /// <summary>A path seen from <paramref name="directory"/>; a trailing slash, or a last part <c>.</c>, stays as a slash: a directory is meant.</summary>
    public static string Resolve(string directory, string path)
    {
        bool isDirectory = path.EndsWith('/') || path is "." or ".." || path.EndsWith("/.", StringComparison.Ordinal) || path.EndsWith("/..", StringComparison.Ordinal);
        string clean = Clean(path.StartsWith('/') ? path : directory + "/" + path);
        return isDirectory && clean != "/" ? clean + "/" : clean;
    }

    /// <summary>The shortest spelling, without trailing slash; <c>..</c> stops at the root.</summary>
    public static string Clean(string path)
    {
        Stack<string> parts = new();
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                parts.TryPop(out _);
            }
            else if (part != ".")
            {
                parts.Push(part);
            }
        }

        return "/" + string.Join('/', parts.Reverse());
    }

    /// <summary>The last part.</summary>
    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];
}
