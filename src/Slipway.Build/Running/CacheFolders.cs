using Slipway.Build.Dockerfiles;
using Slipway.Content;

namespace Slipway.Build.Running;

/// <summary>
/// The folders of RUN --mount=type=cache, by id, which outlive their builds. A shared one is everybody's at once; a private one is one step's at a
/// time, and another step meanwhile has one of its own; a locked one makes the second step wait.
/// </summary>
internal sealed class CacheFolders(string root, TimeProvider time)
{
    private readonly Dictionary<string, SemaphoreSlim> _locks = new(StringComparer.Ordinal);

    /// <summary>Where the folders stand: one per id and number.</summary>
    public string Root => root;

    /// <summary>Takes the folder of an id; <paramref name="fill"/> is called with a new one.</summary>
    public async ValueTask<CacheFolder> TakeAsync(string id, CacheSharing sharing, Action<string> fill, CancellationToken cancellationToken)
    {
        string name = Digest.Of(id).Hex;
        if (sharing == CacheSharing.Shared)
        {
            return new(Make(name, id, 0, fill), null);
        }

        for (int number = 0; ; number++)
        {
            SemaphoreSlim one = LockOf($"{name}-{number}");
            if (sharing == CacheSharing.Locked)
            {
                await one.WaitAsync(cancellationToken);
                return new(Make(name, id, 0, fill), one);
            }

            if (await one.WaitAsync(0, cancellationToken))
            {
                return new(Make(name, id, number, fill), one);
            }
        }
    }

    private SemaphoreSlim LockOf(string name)
    {
        lock (_locks)
        {
            return _locks.TryGetValue(name, out SemaphoreSlim? one) ? one : _locks[name] = new(1, 1);
        }
    }

    // A folder is filled aside and renamed, so that a build which is killed meanwhile leaves none that is half filled.
    private string Make(string name, string id, int number, Action<string> fill)
    {
        string folder = Path.Combine(root, $"{name}-{number}");
        lock (_locks)
        {
            if (!Directory.Exists(folder))
            {
                string made = Path.Combine(root, $".new-{Guid.NewGuid():n}");
                Directory.CreateDirectory(Path.Combine(made, "files"));
                fill(Path.Combine(made, "files"));
                File.WriteAllText(Path.Combine(made, "id"), id);
                Directory.Move(made, folder);
            }
        }

        Directory.SetLastWriteTimeUtc(folder, time.GetUtcNow().UtcDateTime);
        return Path.Combine(folder, "files");
    }
}

/// <summary>A cache's folder in a step's hands; disposing lets the next one have it.</summary>
internal sealed class CacheFolder(string path, SemaphoreSlim? held) : IDisposable
{
    public string Path => path;

    public void Dispose() => held?.Release();
}
