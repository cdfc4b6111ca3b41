namespace Slipway.House;

/// <summary>The repository that this test was built from: its root, its sources, its docs.</summary>
internal static class Repository
{
    private static readonly string[] Made = ["bin", "obj", "artifacts", ".git", ".cache", "node_modules"];

    /// <summary>The folder that holds the solution file.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every C# source below a folder of the repository, without what a build makes.</summary>
    public static IEnumerable<SourceFile> Sources(string folder) =>
        Files(folder, "*.cs").Select(SourceFile.Read);

    /// <summary>Files below a folder of the repository, as paths relative to the root with forward slashes, in order.</summary>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        string start = Path.Combine(Root, folder);
        if (!Directory.Exists(start))
        {
            return [];
        }

        return Walk(new DirectoryInfo(start), pattern)
            .Select(file => Path.GetRelativePath(Root, file))
            .Order(StringComparer.Ordinal);
    }

    /// <summary>The text of a file named relative to the root.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static IEnumerable<string> Walk(DirectoryInfo directory, string pattern)
    {
        foreach (FileInfo file in directory.EnumerateFiles(pattern))
        {
            yield return file.FullName;
        }

        foreach (DirectoryInfo child in directory.EnumerateDirectories())
        {
            if (Made.Contains(child.Name) || child.LinkTarget is not null)
            {
                continue;
            }

            foreach (string file in Walk(child, pattern))
            {
                yield return file;
            }
        }
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Slipway.slnx")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"no Slipway.slnx stands above {AppContext.BaseDirectory}: the test of the house reads the sources");
    }
}
