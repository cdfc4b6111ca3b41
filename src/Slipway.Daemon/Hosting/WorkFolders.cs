namespace Slipway.Daemon.Hosting;

/// <summary>Folders for work in progress below one root; each is removed by its owner, and all of them when a daemon starts.</summary>
public sealed class WorkFolders
{
    private readonly string _root;

    /// <summary>Empties and makes <paramref name="root"/>.</summary>
    public WorkFolders(string root)
    {
        _root = root;
        if (Directory.Exists(root))
        {
            Directory.Delete(root, recursive: true);
        }

        Directory.CreateDirectory(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>A fresh, empty folder; <paramref name="purpose"/> begins its name.</summary>
    public WorkFolder Create(string purpose)
    {
        string path = Path.Combine(_root, $"{purpose}-{Guid.NewGuid():n}");
        Directory.CreateDirectory(path);
        return new WorkFolder(path);
    }
}

/// <summary>One such folder; removed with all it holds when disposed.</summary>
public sealed class WorkFolder(string path) : IDisposable
{
    /// <summary>Its absolute path.</summary>
    public string Path { get; } = path;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
