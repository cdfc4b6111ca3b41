namespace Slipway.Build.Running;

/// <summary>A folder for one build's temporary files, on the file system of the snapshots; gone when disposed.</summary>
internal sealed class BuildScratch : IDisposable
{
    private int _next;

    public BuildScratch(string workDirectory)
    {
        Root = Path.Combine(workDirectory, $"build-{Guid.NewGuid():n}");
        Directory.CreateDirectory(Root);
    }

    public string Root { get; }

    /// <summary>A new empty folder with mode 0755, whatever the umask.</summary>
    public string NewFolder(string name)
    {
        string path = Path.Combine(Root, $"{Interlocked.Increment(ref _next)}-{name}");
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, (UnixFileMode)0x1ED);
        return path;
    }

    public void Dispose()
    {
        if (Directory.Exists(Root))
        {
            Directory.Delete(Root, recursive: true);
        }
    }
}
