namespace Slipway.Cli.Data;

/// <summary>A place in a repo as people write it: "repo", "repo@revision", "repo@revision:/path", "repo:/path".</summary>
/// <param name="Revision">A branch, an id or "branch~2"; master where none was written.</param>
/// <param name="Path">Absolute; null where none was written.</param>
internal sealed record DataAddress(string Repo, string Revision, string? Path)
{
    public static DataAddress Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        int at = (colon < 0 ? text : text[..colon]).IndexOf('@', StringComparison.Ordinal);
        if (at < 0 && colon < 0 && text.StartsWith('/'))
        {
            throw new CliException($"'{text}' names no repo", "write REPO@BRANCH:/PATH, as training@master:/iris.csv", usage: true);
        }

        string head = colon < 0 ? text : text[..colon];
        string repo = at < 0 ? head : head[..at];
        string revision = at < 0 ? "master" : head[(at + 1)..];
        string? path = colon < 0 ? null : text[(colon + 1)..];
        if (repo.Length == 0 || revision.Length == 0)
        {
            throw new CliException($"'{text}' names no {(repo.Length == 0 ? "repo" : "branch")}", "write REPO@BRANCH:/PATH, as training@master:/iris.csv", usage: true);
        }

        return new DataAddress(repo, revision, path is null ? null : path.StartsWith('/') ? path : "/" + path);
    }

    /// <summary>Without its path.</summary>
    public string Commit => $"{Repo}@{Revision}";

    /// <summary>The path's last name; the repo's at its root.</summary>
    public string Name => (Path ?? "/").TrimEnd('/') is { Length: > 0 } path ? path[(path.LastIndexOf('/') + 1)..] : Repo[(Repo.LastIndexOf('/') + 1)..];

    public DataAddress WithPath(string path) => this with { Path = path };

    /// <summary>The path with a name appended.</summary>
    public DataAddress Below(string name) => this with { Path = $"{(Path ?? "/").TrimEnd('/')}/{name}" };

    /// <summary>As the API takes it; the root where no path was written.</summary>
    public string ToFile() => $"{Commit}:{Path ?? "/"}";

    public override string ToString() => Path is null ? Commit : $"{Commit}:{Path}";
}
