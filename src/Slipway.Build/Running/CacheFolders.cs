using Slipway.Build.Dockerfiles;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Build.Running;

/// <summary>
/// The folders of RUN --mount=type=cache, by id, which outlive their builds. A shared one is everybody's at once; a private one is one step's at a
/// time, and another step meanwhile has one of its own; a locked one makes the second step wait. Safe for threads.
/// </summary>
public sealed class CacheFolders
{
    private const string Unfinished = ".";

    private readonly Dictionary<string, SemaphoreSlim> _locks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _holders = new(StringComparer.Ordinal);
    private readonly string _root;
    private readonly TimeProvider _time;

    /// <param name="root">Where the folders stand: one per id and number. What an earlier server left half made or half removed in it goes.</param>
    public CacheFolders(string root, TimeProvider time)
    {
        (_root, _time) = (root, time);
        foreach (string folder in Directory.Exists(root) ? Directory.GetDirectories(root, Unfinished + "*") : [])
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Every cache mount, largest first, measured now.</summary>
    public IReadOnlyList<CacheMountUse> List(CancellationToken cancellationToken)
    {
        List<CacheMountUse> found = [];
        foreach (string folder in Folders())
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                string id = File.ReadAllText(Path.Combine(folder, "id")).Split('\n')[0];
                DateTimeOffset used = new(Directory.GetLastWriteTimeUtc(folder), TimeSpan.Zero);
                found.Add(new(id, FolderSize.Of(Path.Combine(folder, "files"), cancellationToken), used, IsHeld(folder)) { Folder = folder });
            }
            catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
            {
                // It was removed meanwhile.
            }
        }

        return [.. found.OrderByDescending(mount => mount.Bytes)];
    }

    /// <summary>Removes the mounts that no step holds and that were last used before a moment; of the others those least recently used, until the rest fits.</summary>
    /// <param name="most">How many bytes may stay; null: any.</param>
    /// <param name="rehearse">Finds out, and removes nothing.</param>
    /// <returns>What went, or would go.</returns>
    public IReadOnlyList<CacheMountUse> Remove(DateTimeOffset usedBefore, long? most, bool rehearse, CancellationToken cancellationToken)
    {
        List<CacheMountUse> gone = [];
        IReadOnlyList<CacheMountUse> all = List(cancellationToken);
        long stays = all.Sum(mount => mount.Bytes);
        foreach (CacheMountUse mount in all.Where(mount => !mount.IsHeld).OrderBy(mount => mount.Used))
        {
            if ((mount.Used < usedBefore || stays > most) && (rehearse || TryRemove(mount.Folder)))
            {
                stays -= mount.Bytes;
                gone.Add(mount);
            }
        }

        return gone;
    }

    /// <summary>Takes the folder of an id; <paramref name="fill"/> is called with a new one.</summary>
    internal async ValueTask<CacheFolder> TakeAsync(string id, CacheSharing sharing, Action<string> fill, CancellationToken cancellationToken)
    {
        string name = Digest.Of(id).Hex;
        if (sharing == CacheSharing.Shared)
        {
            return Take(name, id, 0, fill, null);
        }

        for (int number = 0; ; number++)
        {
            SemaphoreSlim one = LockOf($"{name}-{number}");
            if (sharing == CacheSharing.Locked)
            {
                await one.WaitAsync(cancellationToken);
                return Take(name, id, 0, fill, one);
            }

            if (await one.WaitAsync(0, cancellationToken))
            {
                return Take(name, id, number, fill, one);
            }
        }
    }

    private IEnumerable<string> Folders() =>
        Directory.Exists(_root) ? Directory.GetDirectories(_root).Where(folder => !Path.GetFileName(folder).StartsWith(Unfinished, StringComparison.Ordinal)) : [];

    private SemaphoreSlim LockOf(string name)
    {
        lock (_locks)
        {
            return _locks.TryGetValue(name, out SemaphoreSlim? one) ? one : _locks[name] = new(1, 1);
        }
    }

    private bool IsHeld(string folder)
    {
        lock (_locks)
        {
            return _holders.GetValueOrDefault(folder) > 0;
        }
    }

    // A folder is filled aside and renamed, so that a build which is killed meanwhile leaves none that is half filled.
    private CacheFolder Take(string name, string id, int number, Action<string> fill, SemaphoreSlim? one)
    {
        string folder = Path.Combine(_root, $"{name}-{number}");
        try
        {
            lock (_locks)
            {
                if (!Directory.Exists(folder))
                {
                    string made = Path.Combine(_root, $"{Unfinished}new-{Guid.NewGuid():n}");
                    Directory.CreateDirectory(Path.Combine(made, "files"));
                    fill(Path.Combine(made, "files"));
                    File.WriteAllText(Path.Combine(made, "id"), id);
                    Directory.Move(made, folder);
                }

                _holders[folder] = _holders.GetValueOrDefault(folder) + 1;
            }
        }
        catch
        {
            one?.Release();
            throw;
        }

        Directory.SetLastWriteTimeUtc(folder, _time.GetUtcNow().UtcDateTime);
        return new(Path.Combine(folder, "files"), () => GiveBack(folder, one));
    }

    private void GiveBack(string folder, SemaphoreSlim? one)
    {
        lock (_locks)
        {
            if (--_holders[folder] == 0)
            {
                _holders.Remove(folder);
            }
        }

        one?.Release();
    }

    // Renamed first: who asks for the id meanwhile gets a new folder at once.
    private bool TryRemove(string folder)
    {
        string old = Path.Combine(_root, $"{Unfinished}old-{Guid.NewGuid():n}");
        lock (_locks)
        {
            if (_holders.ContainsKey(folder) || !Directory.Exists(folder))
            {
                return false;
            }

            Directory.Move(folder, old);
        }

        Directory.Delete(old, recursive: true);
        return true;
    }
}

/// <summary>A cache's folder in a step's hands; disposing lets the next one have it.</summary>
internal sealed class CacheFolder(string path, Action giveBack) : IDisposable
{
    public string Path => path;

    public void Dispose() => giveBack();
}
