namespace Slipway.Cli.Warm;

/// <summary>
/// Which command lines the server may carry out in its own process: those that end by themselves, read no stdin, draw nothing on a terminal and touch no file
/// of the client's but the ones named here. Everything else the client does itself, as does a client whose server declines.
/// </summary>
internal static class WarmCommands
{
    /// <summary>True where the words are such a command. Called at every start, before anything else is loaded: it looks at words and at nothing else.</summary>
    /// <param name="args">The words after the program's name.</param>
    /// <param name="paths">Is given the files and folders that the command is about, as they were written.</param>
    public static bool Match(string[] args, List<string> paths) => args switch
    {
        ["build", ..] => IsBuild(args, paths),
        ["push" or "pull" or "tag" or "rmi" or "images" or "ps", ..] => true,
        ["image", "ls" or "inspect" or "history" or "tag" or "rm" or "prune", ..] => true,
        ["repo" or "branch" or "commit" or "pipeline" or "job", "ls" or "inspect", ..] => true,
        ["ls" or "log" or "find" or "glob", ..] => true,
        _ => false,
    };

    /// <summary>True where the command asks who our user is to registries.</summary>
    public static bool UsesLogins(string[] args) => args is ["build" or "push" or "pull", ..];

    // `build` of one folder. What writes files, reads secrets or stdin, opens a shell or starts an agent or git stays with the client.
    private static bool IsBuild(string[] words, List<string> paths)
    {
        string? folder = null;
        for (int i = 1; i < words.Length; i++)
        {
            string word = words[i];
            if (word is "" or "-" or "--")
            {
                return false;
            }

            if (word[0] != '-')
            {
                if (folder is not null || word == "prune")
                {
                    return false;
                }

                folder = word;
                continue;
            }

            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? word : word[..equals];
            if (IsFlag(name))
            {
                continue;
            }

            if (!TakesValue(name) || (equals < 0 && ++i == words.Length))
            {
                return false;
            }

            string value = equals < 0 ? words[i] : word[(equals + 1)..];
            switch (name)
            {
                case "--file" or "-f" when value == "-":
                case "--progress" when value is not ("plain" or "json"):
                    return false;
                case "--file" or "-f":
                    paths.Add(value);
                    break;
            }
        }

        paths.Add(folder ?? ".");
        return folder is not null;
    }

    private static bool IsFlag(string name) => name is "-q" or "--quiet" or "--no-cache" or "--pull" or "--offline" or "--check" or "--sbom";

    private static bool TakesValue(string name) =>
        name is "-t" or "--tag" or "-f" or "--file" or "--build-arg" or "--label" or "--target" or "--no-cache-filter" or "--progress" or "--provenance" or "--source-date";
}
