using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Local;

namespace Slipway.Content.Tests.Crashes;

/// <summary>
/// Hears of every change to a store's folder and knows what a power cut may take back: of a file, each page and any length since its last sync; of names,
/// each change since its folder's last sync, in any combination. What stood in the folder at first is durable. At one change, which has not been made then,
/// it writes such a folder beside; the store goes on and hears nothing of that.
/// </summary>
internal sealed class DiskLog
{
    private const int PageSize = 4096;

    private readonly Lock _lock = new();
    private readonly string _root;
    private readonly List<NameChange> _pending = [];
    private readonly Dictionary<string, DiskNode> _live = [];
    private Dictionary<string, DiskNode> _durable;

    public DiskLog(string root)
    {
        _root = root;
        if (Directory.Exists(root))
        {
            // All but the lock, which is no part of what is stored.
            foreach (string path in Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "lock"))
            {
                _live[path] = new DiskNode { IsFolder = Directory.Exists(path), Path = path };
            }
        }

        _durable = new(_live);
    }

    /// <summary>How many changes there were.</summary>
    public long Count { get; private set; }

    /// <summary>The number of the change at which the crash comes.</summary>
    public long CrashAt { get; set; } = long.MaxValue;

    /// <summary>Called once, when the change of that number is about to be made; to write what is left.</summary>
    public Action<DiskChange>? Crash { get; set; }

    /// <summary>Counts a change that somebody else makes; true where the crash comes with it.</summary>
    public bool CountOne()
    {
        lock (_lock)
        {
            return Count++ == CrashAt;
        }
    }

    public void Watch(DiskChange change)
    {
        lock (_lock)
        {
            if (Count++ == CrashAt)
            {
                Crash?.Invoke(change);
            }

            Note(change);
        }
    }

    /// <summary>Writes what is left of the folder into another.</summary>
    /// <param name="inFlight">The change during which it happens: of a write, some first bytes may have come.</param>
    /// <param name="isPowerCut">Else only the process dies, and what it wrote stays.</param>
    public void WriteImage(string target, Random random, DiskChange? inFlight, bool isPowerCut)
    {
        lock (_lock)
        {
            Dictionary<string, DiskNode> names = new(isPowerCut ? _durable : _live);
            if (isPowerCut)
            {
                int kept = random.Next(5) * 25;
                foreach (NameChange change in _pending.Where(_ => random.Next(100) < kept))
                {
                    change.Apply(names);
                }
            }

            Directory.CreateDirectory(target);
            HashSet<string> folders = [_root];
            foreach ((string path, DiskNode node) in names.OrderBy(name => name.Key, StringComparer.Ordinal))
            {
                string parent = Path.GetDirectoryName(path)!;
                string image = Path.Combine(target, Path.GetRelativePath(_root, path));
                if (!folders.Contains(parent))
                {
                    continue;
                }

                if (node.IsFolder)
                {
                    Directory.CreateDirectory(image);
                    folders.Add(path);
                }
                else
                {
                    byte[] now = WithFirstBytes(node, inFlight, random);
                    File.WriteAllBytes(image, isPowerCut && node.Durable is { } old ? Mix(old, now, random) : now);
                }
            }
        }
    }

    private byte[] WithFirstBytes(DiskNode node, DiskChange? inFlight, Random random)
    {
        byte[] now = node.Now();
        if (inFlight is not FileWritten { Content: { } content } written || NodeOf(written.File) != node)
        {
            return now;
        }

        node.Durable ??= now;
        int count = random.Next(content.Length + 1);
        byte[] more = new byte[Math.Max(now.Length, written.Offset + count)];
        now.CopyTo(more, 0);
        content.AsSpan(0, count).CopyTo(more.AsSpan((int)written.Offset));
        return more;
    }

    /// <summary>Any of the pages, and any length, between two states of a file.</summary>
    public static byte[] Mix(byte[] old, byte[] now, Random random, int page = PageSize)
    {
        (int low, int high) = (Math.Min(old.Length, now.Length), Math.Max(old.Length, now.Length));
        byte[] mixed = new byte[random.Next(3) switch { 0 => old.Length, 1 => now.Length, _ => random.Next(low, high + 1) }];
        int kept = random.Next(5) * 25;
        for (int start = 0; start < mixed.Length; start += page)
        {
            byte[] source = random.Next(100) < kept ? now : old;
            int length = Math.Min(Math.Min(page, mixed.Length - start), source.Length - start);
            if (length > 0)
            {
                source.AsSpan(start, length).CopyTo(mixed.AsSpan(start));
            }
        }

        return mixed;
    }

    private void Note(DiskChange change)
    {
        switch (change)
        {
            case FileMade made:
                Add(null, made.Path, new DiskNode { IsFolder = false, Path = made.Path, Durable = [] });
                break;
            case FolderMade made:
                Add(null, made.Path, new DiskNode { IsFolder = true, Path = made.Path });
                break;
            case FileWritten written:
                Dirty(NodeOf(written.File));
                break;
            case FileCut cut:
                Dirty(NodeOf(cut.File));
                break;
            case NameMoved moved:
                Bury(moved.To);
                Add(moved.From, moved.To, _live.Remove(moved.From, out DiskNode? node) ? node : new DiskNode { IsFolder = false, Path = moved.To, Durable = [] });
                break;
            case NameRemoved removed:
                Remove(removed.Path);
                break;
            case FileSynced synced:
                if (NodeOf(synced.File) is { } clean)
                {
                    clean.Durable = null;
                }

                break;
            case NamesSynced names:
                foreach (NameChange durable in _pending.Where(pending => pending.Touches(names.Folder)))
                {
                    durable.Apply(_durable);
                }

                _pending.RemoveAll(pending => pending.Touches(names.Folder));
                break;
            default:
                foreach (DiskNode written in _live.Values)
                {
                    written.Durable = null;
                }

                _pending.Clear();
                _durable = new(_live);
                break;
        }
    }

    private void Add(string? from, string to, DiskNode node)
    {
        if (!to.StartsWith(_root + "/", StringComparison.Ordinal))
        {
            return;
        }

        if (from is not null && !_durable.ContainsKey(from))
        {
            // The name before was never promised anything.
            _pending.RemoveAll(pending => pending.Node == node && pending.To == from);
        }

        _live[to] = node;
        _pending.Add(new NameChange(from, to, node));
        node.Path = to;
    }

    private void Remove(string path)
    {
        if (!_live.ContainsKey(path))
        {
            return;
        }

        DiskNode node = Bury(path)!;
        _live.Remove(path);
        if (Path.GetFileName(Path.GetDirectoryName(path)) == "tmp" && !_durable.ContainsKey(path))
        {
            // Its folder is never synced, and emptied when the store is opened: not worth remembering.
            _pending.RemoveAll(pending => pending.Node == node);
            return;
        }

        _pending.Add(new NameChange(path, null, node));
    }

    private DiskNode? Bury(string path)
    {
        DiskNode? node = _live.GetValueOrDefault(path);
        if (node is { IsFolder: false, Dead: null })
        {
            node.Dead = File.ReadAllBytes(path);
        }

        return node;
    }

    private static void Dirty(DiskNode? node)
    {
        if (node is { Durable: null })
        {
            node.Durable = node.Now();
        }
    }

    private DiskNode? NodeOf(SafeFileHandle file) =>
        File.ResolveLinkTarget($"/proc/self/fd/{file.DangerousGetHandle()}", returnFinalTarget: false)?.FullName is { } path ? _live.GetValueOrDefault(path) : null;
}
