using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Linux;

namespace Slipway.Content.Blobs.Local;

/// <summary>The folders of one blob store, held by one process at a time: see docs/format.md.</summary>
internal sealed class StoreDirectory : IDisposable
{
    private const string FormatName = "slipway-content ";
    private const int FormatVersion = 2;

    /// <summary>What a store says that has no composed blobs: a slipway that knows none may open it.</summary>
    private const int PlainVersion = 1;

    private readonly StoreLock _lock;
    private readonly SafeFileHandle _root;
    private readonly Lock _formatLock = new();
    private int _version;

    private StoreDirectory(string root, StoreDisk disk, StoreLock locked)
    {
        Root = root;
        Disk = disk;
        _lock = locked;
        _root = Libc.Open(root, OpenFlags.Directory);
    }

    public string Root { get; }

    /// <summary>Through which everything below is changed.</summary>
    public StoreDisk Disk { get; }

    /// <summary>Files that are being written, or are whole but not yet synced. Emptied when the store is opened.</summary>
    public string Temporary => Path.Combine(Root, "tmp");

    public string Loose => Path.Combine(Root, "loose");

    public string Packs => Path.Combine(Root, "packs");

    /// <summary>Recipes of composed blobs.</summary>
    public string Composed => Path.Combine(Root, "composed");

    /// <summary>An empty file for each blob that is kept only because a recipe needs its bytes.</summary>
    public string Hidden => Path.Combine(Root, "hidden");

    /// <summary>Hash states of large blobs: a cache.</summary>
    public string States => Path.Combine(Root, "states");

    /// <summary>Composed blobs that were written out as files: a cache.</summary>
    public string Whole => Path.Combine(Root, "whole");

    private string CleanMark => Path.Combine(Root, "clean");

    /// <summary>
    /// Makes or opens the folders and takes their lock. Where the last process did not close the store, what it left in the page cache is
    /// written out, so that everything found is durable.
    /// </summary>
    public static StoreDirectory Open(string root, StoreDisk disk)
    {
        StoreLock locked = StoreLock.Take(root);
        try
        {
            StoreDirectory directory = new(root, disk, locked);
            directory.Prepare();
            return directory;
        }
        catch
        {
            locked.Dispose();
            throw;
        }
    }

    /// <summary>Writes out everything on the file system of the store.</summary>
    public void SyncAll() => Disk.SyncAll(_root, Root);

    /// <summary>Removes what writers left behind in <see cref="Temporary"/>; returns how many files there were.</summary>
    public int EmptyTemporary()
    {
        int count = 0;
        foreach (string file in Directory.EnumerateFiles(Temporary))
        {
            Disk.Delete(file);
            count++;
        }

        return count;
    }

    /// <summary>The text of the format, read again.</summary>
    public IEnumerable<StoreFault> Check()
    {
        string path = Path.Combine(Root, "format");
        return File.Exists(path) && File.ReadAllText(path) == FormatText(_version) ? [] : [new StoreFault(StorePart.Folder, path, "it does not name the store's format")];
    }

    /// <summary>Writes the text of the format again where it is damaged, though not so much that the store could not be opened.</summary>
    public void MendFormat()
    {
        lock (_formatLock)
        {
            if (Check().Any())
            {
                WriteFormat(_version);
            }
        }
    }

    /// <summary>Before the first composed blob: from here on the store says a version that a slipway which knows none refuses.</summary>
    public void RequireComposed()
    {
        lock (_formatLock)
        {
            if (_version < FormatVersion)
            {
                MakeComposedFolders();
                WriteFormat(FormatVersion);
            }
        }
    }

    /// <summary>Notes that everything in the store was synced, so that the next process need not do it again; where the disk is full, it will.</summary>
    public void MarkClean()
    {
        try
        {
            Disk.WriteFile(CleanMark, []);
        }
        catch (Exception exception) when (DiskFailure.IsFull(exception))
        {
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _root.Dispose();
        _lock.Dispose();
    }

    private void Prepare()
    {
        Disk.CreateFolder(Temporary);
        Disk.CreateFolder(Loose);
        Disk.CreateFolder(Packs);
        string format = Path.Combine(Root, "format");
        if (!File.Exists(format))
        {
            WriteFormat(PlainVersion);
        }

        CheckFormat(format);
        if (_version == FormatVersion)
        {
            MakeComposedFolders();
        }

        if (File.Exists(CleanMark))
        {
            // Durable before anything is written: a mark that a power cut brought back would vouch for what it tore.
            Disk.Delete(CleanMark);
            Disk.SyncNames(Root);
        }
        else
        {
            SyncAll();
            if (Directory.Exists(Whole))
            {
                // These files are not synced before they get their names: a power cut may have torn one.
                foreach (string file in Directory.EnumerateFiles(Whole, "*", SearchOption.AllDirectories))
                {
                    Disk.Delete(file);
                }
            }
        }
    }

    /// <summary>Their own names are durable with the next sync of the root's, before anything stands in them.</summary>
    private void MakeComposedFolders()
    {
        Disk.CreateFolder(Composed);
        Disk.CreateFolder(Hidden);
    }

    private void WriteFormat(int version)
    {
        string draft = Path.Combine(Temporary, "format");
        Disk.WriteFile(draft, Encoding.ASCII.GetBytes(FormatText(version)));
        Disk.Sync(draft);
        Disk.Rename(draft, Path.Combine(Root, "format"));
        Disk.SyncNames(Root);
        _version = version;
    }

    private static string FormatText(int version) => string.Create(CultureInfo.InvariantCulture, $"{FormatName}{version}\n");

    private void CheckFormat(string path)
    {
        string text = File.ReadAllText(path).TrimEnd();
        if (!text.StartsWith(FormatName, StringComparison.Ordinal)
            || !int.TryParse(text.AsSpan(FormatName.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int version)
            || version < PlainVersion)
        {
            throw new SlipwayException(ErrorKind.Corrupt, $"{path} does not name a blob store's format: it says '{text}'");
        }

        if (version > FormatVersion)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition,
                $"blob store {Root} has format version {version}, and this slipway knows versions up to {FormatVersion}",
                "Upgrade slipway to the release that wrote it, or point SLIPWAY_HOME at another directory.");
        }

        _version = version;
    }
}
