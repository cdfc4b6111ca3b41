using Slipway.Content.Blobs.Local;
using Slipway.Content.Blobs.Loose;

namespace Slipway.Content.Blobs.Composed;

/// <summary>
/// The blobs that are made of ranges of others: a recipe each, staged and named as loose blobs are, but after them, so that a recipe with a name never
/// wants its sources. A source that is deleted while a recipe needs it is hidden: no longer found as a blob, its bytes kept until no recipe needs them.
/// Recipes are small and are all in memory. Safe for threads.
/// </summary>
internal sealed class ComposedBlobs
{
    private readonly Lock _lock = new();
    private readonly StoreDirectory _directory;
    private readonly Dictionary<Digest, Recipe> _recipes = [];
    private readonly Dictionary<Digest, int> _uses = [];
    private readonly Dictionary<Digest, string> _staged = [];
    private readonly HashSet<Digest> _hidden = [];

    /// <summary>The folders whose names changed since they were synced last; used by one round of syncs at a time.</summary>
    private readonly HashSet<string> _changed = [];
    private bool _hasUnreadable;
    private bool _wasShown;

    private ComposedBlobs(StoreDirectory directory) => _directory = directory;

    /// <summary>Reads every recipe; a damaged one is left where it is, for <see cref="Check"/> to name.</summary>
    public static ComposedBlobs Open(StoreDirectory directory)
    {
        ComposedBlobs blobs = new(directory);
        foreach (string file in Files(directory.Composed))
        {
            if (Digest.TryParseHex(Path.GetFileName(file), out Digest digest) && Recipe.Decode(File.ReadAllBytes(file)) is { } recipe)
            {
                blobs.Add(digest, recipe);
            }
            else
            {
                blobs._hasUnreadable = true;
            }
        }

        foreach (string file in Files(directory.Hidden))
        {
            if (Digest.TryParseHex(Path.GetFileName(file), out Digest digest))
            {
                blobs._hidden.Add(digest);
            }
        }

        return blobs;
    }

    /// <summary>The recipe of a composed blob, or null.</summary>
    public Recipe? Find(Digest digest)
    {
        lock (_lock)
        {
            return _recipes.GetValueOrDefault(digest);
        }
    }

    /// <summary>Whether a stored digest is kept for its bytes only, and is no blob any more.</summary>
    public bool IsHidden(Digest digest)
    {
        lock (_lock)
        {
            return _hidden.Count > 0 && _hidden.Contains(digest);
        }
    }

    /// <summary>Every composed blob.</summary>
    public BlobInfo[] List()
    {
        lock (_lock)
        {
            return [.. _recipes.Select(pair => new BlobInfo(pair.Key, pair.Value.Size))];
        }
    }

    /// <summary>The composed blobs that need bytes of any of some others.</summary>
    public IReadOnlyList<KeyValuePair<Digest, Recipe>> FindUsersOf(IReadOnlySet<Digest> sources)
    {
        lock (_lock)
        {
            return [.. _recipes.Where(pair => pair.Value.Parts.Any(part => sources.Contains(part.Source)))];
        }
    }

    /// <summary>Adds a composed blob, durable and named with the next flush.</summary>
    public void Stage(Digest digest, Recipe recipe)
    {
        _directory.RequireComposed();
        using TemporaryFile file = TemporaryFile.Create(_directory.Disk, _directory.Temporary);
        file.Write(recipe.Encode(), 0);
        file.MakeReadOnly();
        lock (_lock)
        {
            if (_recipes.ContainsKey(digest))
            {
                return;
            }

            Add(digest, recipe);
            _staged[digest] = file.FullPath;
            file.Keep();
        }
    }

    /// <summary>What waits for its name. To be taken before the round that makes the sources durable.</summary>
    public KeyValuePair<Digest, string>[] Staged()
    {
        lock (_lock)
        {
            return [.. _staged];
        }
    }

    /// <summary>Syncs recipes and gives them their names; their sources are durable by now. What is hidden no more stays so.</summary>
    public void Publish(KeyValuePair<Digest, string>[] staged)
    {
        foreach ((Digest digest, string path) in staged)
        {
            if (!File.Exists(path))
            {
                continue;
            }

            _directory.Disk.Sync(path);

            string name = PathOf(digest);
            string folder = Path.GetDirectoryName(name)!;
            if (!Directory.Exists(folder))
            {
                _changed.Add(_directory.Composed);
                _directory.Disk.CreateFolder(folder);
            }

            lock (_lock)
            {
                if (_staged.TryGetValue(digest, out string? now) && now == path)
                {
                    _directory.Disk.Rename(path, name);
                    _staged.Remove(digest);
                    _changed.Add(folder);
                }
            }
        }

        lock (_lock)
        {
            if (_wasShown)
            {
                // A mark that a power cut brought back would hide what was put again.
                _wasShown = false;
                _changed.Add(_directory.Hidden);
            }
        }

        foreach (string folder in _changed)
        {
            _directory.Disk.SyncNames(folder);
        }

        _changed.Clear();
    }

    /// <summary>
    /// Deletes a composed blob, where it is one, and says which sources nobody needs any more: they were hidden, and are to be deleted for good.
    /// </summary>
    public IReadOnlyList<Digest> Delete(Digest digest)
    {
        lock (_lock)
        {
            if (!_recipes.Remove(digest, out Recipe? recipe))
            {
                return [];
            }

            if (_staged.Remove(digest, out string? staged))
            {
                _directory.Disk.Delete(staged);
            }

            string path = PathOf(digest);
            if (File.Exists(path))
            {
                // A power cut may not bring the recipe back after its sources are gone.
                _directory.Disk.Delete(path);
                _directory.Disk.SyncNames(Path.GetDirectoryName(path)!);
            }

            List<Digest> free = [];
            foreach (Digest source in recipe.Parts.Select(part => part.Source).Distinct())
            {
                if (--_uses[source] == 0)
                {
                    _uses.Remove(source);
                    if (_hidden.Contains(source))
                    {
                        free.Add(source);
                    }
                }
            }

            return free;
        }
    }

    /// <summary>Hides a blob that is deleted, where a recipe needs its bytes; false where none does, and it can go.</summary>
    public bool TryHide(Digest digest)
    {
        lock (_lock)
        {
            if (!_uses.ContainsKey(digest))
            {
                return false;
            }

            if (_hidden.Add(digest))
            {
                _directory.Disk.WriteFile(MarkOf(digest), []);
                _directory.Disk.SyncNames(_directory.Hidden);
            }

            return true;
        }
    }

    /// <summary>A hidden blob was put again, or is gone for good: it is hidden no more.</summary>
    public void Show(Digest digest)
    {
        lock (_lock)
        {
            if (_hidden.Count > 0 && _hidden.Remove(digest))
            {
                _directory.Disk.Delete(MarkOf(digest));
                _wasShown = true;
            }
        }
    }

    /// <summary>
    /// The hidden ones that no recipe needs: a crash came between. None while a recipe cannot be read, for it may be the one that needs them.
    /// </summary>
    public IReadOnlyList<Digest> Abandoned()
    {
        lock (_lock)
        {
            return _hasUnreadable ? [] : [.. _hidden.Where(digest => !_uses.ContainsKey(digest))];
        }
    }

    /// <summary>Removes the file of a recipe that could not be read, once its blob was put whole.</summary>
    public void DropDamaged(Digest digest)
    {
        lock (_lock)
        {
            string path = PathOf(digest);
            if (!_recipes.ContainsKey(digest) && File.Exists(path))
            {
                _directory.Disk.Delete(path);
            }
        }
    }

    /// <summary>Reads the recipes again.</summary>
    public IEnumerable<StoreFault> Check() => Files(_directory.Composed)
        .Where(file => !Digest.TryParseHex(Path.GetFileName(file), out Digest digest) || PathOf(digest) != file || Recipe.Decode(File.ReadAllBytes(file)) is null)
        .Select(file => new StoreFault(StorePart.Recipe, file, "it is no recipe of a composed blob, or was changed"));

    private static IEnumerable<string> Files(string directory) =>
        Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories) : [];

    private void Add(Digest digest, Recipe recipe)
    {
        _recipes.Add(digest, recipe);
        foreach (Digest source in recipe.Parts.Select(part => part.Source).Distinct())
        {
            _uses[source] = _uses.GetValueOrDefault(source) + 1;
        }
    }

    private string PathOf(Digest digest) => Path.Combine(_directory.Composed, digest.Hex[..2], digest.Hex);

    private string MarkOf(Digest digest) => Path.Combine(_directory.Hidden, digest.Hex);
}
