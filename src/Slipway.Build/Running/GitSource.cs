namespace Slipway.Build.Running;

/// <summary>A git repository as ADD and contexts name it: <c>URL.git#ref:folder</c>, <c>git@host:path</c>, <c>git://…</c>, <c>ssh://…</c>, or with <c>?ref=…&amp;subdir=…</c>.</summary>
/// <param name="Reference">A branch, tag or commit; null is the remote's head.</param>
/// <param name="Folder">The folder in it that is meant; empty is all.</param>
internal sealed record GitSource(string Url, string? Reference, string Folder)
{
    /// <summary>Null where the text names no repository.</summary>
    public static GitSource? TryParse(string text)
    {
        int hash = text.IndexOf('#', StringComparison.Ordinal);
        string url = hash < 0 ? text : text[..hash];
        string[] fragment = hash < 0 ? [""] : text[(hash + 1)..].Split(':', 2);
        string reference = fragment[0], folder = fragment.Length > 1 ? fragment[1] : "";
        int question = url.IndexOf('?', StringComparison.Ordinal);
        if (question >= 0)
        {
            foreach (string pair in url[(question + 1)..].Split('&'))
            {
                string[] parts = pair.Split('=', 2);
                string value = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "";
                reference = parts[0] is "ref" or "branch" or "tag" or "commit" ? value : reference;
                folder = parts[0] == "subdir" ? value : folder;
            }

            url = url[..question];
        }

        bool http = url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        bool git = url.StartsWith("git@", StringComparison.Ordinal) || url.StartsWith("git://", StringComparison.Ordinal) || url.StartsWith("ssh://", StringComparison.Ordinal)
            || (http && url.EndsWith(".git", StringComparison.Ordinal));
        return git ? new(url, reference.Length > 0 ? reference : null, folder.Trim('/')) : null;
    }
}
