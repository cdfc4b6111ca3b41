namespace Slipway.Api;

/// <summary>
/// The rules of a .dockerignore file: what a build's context leaves out. The last line that matches a path or one of its folders decides; a line that
/// begins with <c>!</c> takes it in again. Lines that begin with <c>#</c> are comments.
/// </summary>
public sealed class DockerIgnore
{
    private readonly List<IgnorePattern> patterns;

    private DockerIgnore(List<IgnorePattern> patterns) => this.patterns = patterns;

    /// <summary>Leaves nothing out.</summary>
    public static DockerIgnore Nothing { get; } = new([]);

    /// <summary>Throws <see cref="FormatException"/> with file and line for a line that means nothing.</summary>
    public static DockerIgnore Parse(string text, string fileName)
    {
        List<IgnorePattern> patterns = [];
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().TrimStart('\uFEFF').EnumerateLines())
        {
            number++;
            ReadOnlySpan<char> rule = line.Trim();
            if (line.StartsWith('#') || rule.IsEmpty)
            {
                continue;
            }

            bool includes = rule[0] == '!';
            string pattern = Clean((includes ? rule[1..] : rule).Trim().ToString());
            try
            {
                if (includes && rule.Length == 1)
                {
                    throw new FormatException("'!' alone names nothing");
                }

                if (pattern.Length > 0)
                {
                    patterns.Add(new IgnorePattern(pattern, includes));
                }
            }
            catch (FormatException exception)
            {
                throw new FormatException($"{fileName}:{number}: {exception.Message}: {rule}", exception);
            }
        }

        return new DockerIgnore(patterns);
    }

    /// <summary>Whether a path ("a/b", relative to the context, no dots) stays out.</summary>
    public bool Ignores(string path)
    {
        bool ignored = false;
        foreach (IgnorePattern pattern in patterns)
        {
            if (pattern.Includes == ignored && MatchesPathOrFolder(pattern, path))
            {
                ignored = !pattern.Includes;
            }
        }

        return ignored;
    }

    /// <summary>Whether anything below an ignored folder may still be taken in, so that it must be walked.</summary>
    public bool MayIncludeBelow(string folder)
    {
        string below = folder + "/";
        foreach (IgnorePattern pattern in patterns)
        {
            if (pattern.Includes
                && (pattern.LiteralPrefix.StartsWith(below, StringComparison.Ordinal) || below.StartsWith(pattern.LiteralPrefix, StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool MatchesPathOrFolder(IgnorePattern pattern, string path)
    {
        for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            if (pattern.Matches(path.AsSpan(0, slash)))
            {
                return true;
            }
        }

        return pattern.Matches(path);
    }

    /// <summary>
    /// Resolves "." and ".." and doubled slashes by text, as Go's filepath.Clean; the context's root itself becomes "", which rules nothing. What leads out of the context
    /// keeps its ".." and matches nothing.
    /// </summary>
    private static string Clean(string pattern)
    {
        bool isRooted = pattern.StartsWith('/');
        List<string> parts = [];
        foreach (string part in pattern.Split('/'))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "." or "..") || (part == ".." && !isRooted))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }
}
