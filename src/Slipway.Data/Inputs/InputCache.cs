using Slipway.Content;
using Slipway.Data.Contents;
using Slipway.Data.Trees;
using Slipway.Data.Worktrees;
using Slipway.Linux;

namespace Slipway.Data.Inputs;

/// <summary>
/// Files and folders of trees, unpacked once, so that handing one to a datum costs a link or a bind whatever its size. An entry is named by
/// its digest: <c>folders/&lt;hex&gt;</c>, <c>files/&lt;hex&gt;</c>, <c>files/&lt;hex&gt;-x</c> (executable). It is filled under <c>tmp/</c> and
/// renamed when it is whole, then never written to. What nobody holds goes, longest unused first, when there is more than the bounds allow.
/// Nothing outlives the process: what an earlier one left, perhaps half written, is removed when the cache is opened.
/// </summary>
public sealed class InputCache : IAsyncDisposable
{
    private const UnixFileMode OursAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const string Unfinished = "tmp";

    private readonly string _root;
    private readonly InputBounds _bounds;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, InputSlot> _slots = new(StringComparer.Ordinal);
    private readonly LinkedList<InputSlot> _idle = new();
    private readonly Task _sweep;
    private PlacedFiles _cost;

    private InputCache(string root, InputBounds bounds, string old)
    {
        (_root, _bounds) = (root, bounds);
        _sweep = Task.Run(() => Sweep(old));
    }

    /// <summary>Opens an empty cache in <paramref name="directory"/>, which no other process uses.</summary>
    public static InputCache Open(string directory, InputBounds bounds)
    {
        directory = Path.GetFullPath(directory);
        string old = $"{directory}.old";
        if (Directory.Exists(directory))
        {
            // What an earlier process left is put aside at once, and removed while this one works.
            Directory.CreateDirectory(old, OursAlone);
            Directory.Move(directory, Path.Combine(old, Guid.NewGuid().ToString("n")));
        }

        Directory.CreateDirectory(directory, OursAlone);
        foreach (string folder in (string[])[Unfinished, "files", "folders"])
        {
            Directory.CreateDirectory(Path.Combine(directory, folder));
        }

        return new InputCache(directory, bounds, old);
    }

    /// <summary>The unpacked file or folder of an entry, kept until the answer is disposed. Those who ask at once share one filling.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.OutOfSpace"/>: also without all that nobody holds; <see cref="ErrorKind.NotFound"/>, <see cref="ErrorKind.Corrupt"/>: of the store.
    /// </exception>
    public async ValueTask<HeldInput> HoldAsync(RepoContent content, TreeEntry entry, CancellationToken cancellationToken)
    {
        InputSlot slot = Take(KeyOf(entry), found => FillAsync(found, content, entry));
        try
        {
            await slot.Fill.WaitAsync(cancellationToken);
            return new HeldInput(PathOf(slot), () => Release(slot));
        }
        catch
        {
            Release(slot);
            throw;
        }
    }

    /// <summary>Removes all that nobody holds, and the rest when its last holder lets go: after data was purged from the store.</summary>
    public void Forget()
    {
        List<InputSlot> gone;
        lock (_lock)
        {
            foreach (InputSlot slot in _slots.Values)
            {
                slot.Doomed = true;
            }

            gone = [.. _idle];
            gone.ForEach(Forget);
        }

        gone.ForEach(Remove);
    }

    /// <summary>Stops what is being filled. The folder stays for the next process to remove.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        Task[] fills;
        lock (_lock)
        {
            fills = [.. _slots.Values.Select(slot => slot.Fill)];
        }

        await Task.WhenAll([.. fills, _sweep]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private static string KeyOf(TreeEntry entry) => entry.Kind switch
    {
        EntryKind.Directory => $"folders/{entry.Digest.Hex}",
        EntryKind.File => $"files/{entry.Digest.Hex}{(entry.Executable ? "-x" : "")}",
        _ => throw new SlipwayException(ErrorKind.InvalidArgument, $"'{entry.Name}' is a symlink: it is made anew, never kept"),
    };

    private string PathOf(InputSlot slot) => Path.Combine(_root, slot.Key);

    private InputSlot Take(string key, Func<InputSlot, Task<PlacedFiles>> fill)
    {
        lock (_lock)
        {
            if (_slots.TryGetValue(key, out InputSlot? slot))
            {
                slot.Holders++;
                SetIdle(slot, false);
                return slot;
            }

            // The filling holds it too, so that it is whole or gone whatever becomes of those who asked.
            _slots[key] = slot = new InputSlot(key) { Holders = 2 };
            slot.Fill = Task.Run(() => fill(slot));
            return slot;
        }
    }

    private async Task<PlacedFiles> FillAsync(InputSlot slot, RepoContent content, TreeEntry entry)
    {
        try
        {
            PlacedFiles cost;
            try
            {
                cost = await PlaceAsync(slot, content, entry);
            }
            catch (SlipwayException error) when (error.Kind == ErrorKind.OutOfSpace && MakeRoom(new InputBounds(0, 0)))
            {
                cost = await PlaceAsync(slot, content, entry);
            }

            lock (_lock)
            {
                slot.Placed = true;
                slot.Cost = cost;
                _cost = new(_cost.Files + cost.Files, _cost.Bytes + cost.Bytes);
            }

            return cost;
        }
        catch
        {
            lock (_lock)
            {
                slot.Doomed = true;
                _slots.Remove(slot.Key);
            }

            throw;
        }
        finally
        {
            Release(slot);
        }
    }

    private async ValueTask<PlacedFiles> PlaceAsync(InputSlot slot, RepoContent content, TreeEntry entry)
    {
        string fresh = Path.Combine(_root, Unfinished, Guid.NewGuid().ToString("n"));
        try
        {
            Checkout checkout = new(content.Trees, content.Blobs);
            PlacedFiles placed = entry.Kind == EntryKind.Directory
                ? await checkout.MaterializeAsync(entry.Digest, DataPath.Root, fresh, _closing.Token)
                : await checkout.PlaceFileAsync(entry, fresh, _closing.Token);
            Libc.Rename(fresh, PathOf(slot));
            return placed;
        }
        catch
        {
            DirectoryTree.Delete(fresh);
            throw;
        }
    }

    private void Sweep(string old)
    {
        if (!Directory.Exists(old))
        {
            return;
        }

        // Entry by entry, so that the server need not wait for all of it when it stops.
        foreach (string entry in Directory.EnumerateDirectories(old).SelectMany(Directory.EnumerateDirectories).SelectMany(Directory.EnumerateFileSystemEntries))
        {
            if (_closing.IsCancellationRequested)
            {
                return;
            }

            DirectoryTree.Delete(entry);
        }

        DirectoryTree.Delete(old);
    }

    private void Release(InputSlot slot)
    {
        bool remove = false;
        lock (_lock)
        {
            if (--slot.Holders == 0)
            {
                remove = slot.Doomed;
                if (remove)
                {
                    Forget(slot);
                }
                else
                {
                    SetIdle(slot, true);
                }
            }
        }

        if (remove)
        {
            Remove(slot);
        }

        MakeRoom(_bounds);
    }

    /// <summary>Removes entries that nobody holds until what is kept is within the bounds; true where any went.</summary>
    private bool MakeRoom(InputBounds bounds)
    {
        List<InputSlot> gone = [];
        lock (_lock)
        {
            while (_idle.First is { } oldest && (_cost.Bytes > bounds.Bytes || _cost.Files > bounds.Files))
            {
                gone.Add(oldest.Value);
                Forget(oldest.Value);
            }
        }

        gone.ForEach(Remove);
        return gone.Count > 0;
    }

    private void SetIdle(InputSlot slot, bool idle)
    {
        if (slot.Idle is { } node)
        {
            _idle.Remove(node);
            slot.Idle = null;
        }

        if (idle)
        {
            slot.Idle = _idle.AddLast(slot);
        }
    }

    /// <summary>Takes an entry out of the books and out of the way of one that is filled anew under its name.</summary>
    private void Forget(InputSlot slot)
    {
        SetIdle(slot, false);
        if (_slots.GetValueOrDefault(slot.Key) == slot)
        {
            _slots.Remove(slot.Key);
        }

        _cost = new(_cost.Files - slot.Cost.Files, _cost.Bytes - slot.Cost.Bytes);
        if (slot.Placed)
        {
            slot.Trash = Path.Combine(_root, Unfinished, Guid.NewGuid().ToString("n"));
            Libc.Rename(PathOf(slot), slot.Trash);
        }
    }

    private static void Remove(InputSlot slot)
    {
        if (slot.Trash is { } trash)
        {
            DirectoryTree.Delete(trash);
        }
    }
}
