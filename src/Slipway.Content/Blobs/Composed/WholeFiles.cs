using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Local;
using Slipway.Content.Blobs.Loose;

namespace Slipway.Content.Blobs.Composed;

/// <summary>
/// Composed blobs as whole files, for those who want a file: made once, by reference where the file system shares ranges, else by one copy inside the
/// kernel; then hard-linked as loose blobs are. A cache: the bytes stand in the sources. Beyond a bound those go that were asked for longest ago.
/// </summary>
internal sealed class WholeFiles
{
    private const long MostBytes = 64L << 30;

    /// <summary>The last so many stay whatever their size: somebody may be about to link one.</summary>
    private const int LastKept = 4;

    private readonly string _directory;
    private readonly StoreDisk _disk;
    private readonly long _bound;
    private readonly Lock _lock = new();

    /// <summary>The files that are there, and their sizes, longest unused first.</summary>
    private readonly LinkedList<(Digest Digest, long Size)> _files = new();
    private long _bytes;

    private WholeFiles(string directory, StoreDisk disk, long bound) => (_directory, _disk, _bound) = (directory, disk, bound);

    /// <summary>A tenth of the disk that holds <paramref name="directory"/>, at most 64 GiB.</summary>
    public static long BoundFor(string directory) => Math.Min(new DriveInfo(directory).TotalSize / 10, MostBytes);

    /// <summary>Opens the cache with what an earlier process left in it.</summary>
    /// <param name="bound">How many bytes it may hold.</param>
    public static WholeFiles Open(string directory, StoreDisk disk, long bound)
    {
        WholeFiles whole = new(directory, disk, bound);
        if (Directory.Exists(directory))
        {
            foreach (FileInfo file in new DirectoryInfo(directory).GetFiles("*", SearchOption.AllDirectories).OrderBy(file => file.LastWriteTimeUtc))
            {
                if (Digest.TryParseHex(file.Name, out Digest digest))
                {
                    whole.Note(digest, file.Length);
                }
            }
        }

        return whole;
    }

    /// <summary>Whether a file was made here that no sync has met.</summary>
    public bool HasUnsynced { get; private set; }

    /// <summary>The file of a composed blob, made where it is missing.</summary>
    /// <param name="open">Opens the file of a source, or null where it is none of its own.</param>
    /// <param name="read">Reads a source that is no file.</param>
    public string Make(Digest digest, Recipe recipe, Func<Digest, SafeFileHandle?> open, Func<Digest, Stream> read, CancellationToken cancellationToken)
    {
        string path = PathOf(digest);
        lock (_lock)
        {
            if (File.Exists(path))
            {
                Note(digest, recipe.Size);
                return path;
            }

            _disk.CreateFolder(_directory);
            _disk.CreateFolder(Path.GetDirectoryName(path)!);
            using TemporaryFile draft = TemporaryFile.Create(_disk, Path.GetDirectoryName(path)!);
            Write(recipe, draft, open, read, cancellationToken);
            draft.MakeReadOnly();
            _disk.Rename(draft.FullPath, path);
            draft.Keep();
            HasUnsynced = true;
            Note(digest, recipe.Size);
            while (_bytes > _bound && _files.Count > LastKept)
            {
                Drop(_files.First!.Value.Digest);
            }

            return path;
        }
    }

    /// <summary>Writes the bytes of a recipe into an empty file.</summary>
    /// <param name="open">Opens the file of a source, or null where it is none of its own.</param>
    /// <param name="read">Reads a source that is no file.</param>
    public static void Write(
        Recipe recipe, TemporaryFile target, Func<Digest, SafeFileHandle?> open, Func<Digest, Stream> read, CancellationToken cancellationToken)
    {
        long position = 0;
        foreach (RecipePart part in recipe.Parts)
        {
            using SafeFileHandle? source = open(part.Source);
            if (source is not null)
            {
                RangeCopy.Run(source, part.Offset, target, position, part.Length, cancellationToken);
            }
            else
            {
                using Stream bytes = read(part.Source);
                bytes.Position = part.Offset;
                byte[] content = new byte[part.Length];
                bytes.ReadExactly(content);
                target.Write(content, position);
            }

            position += part.Length;
        }
    }

    /// <summary>Whether there is a file of a blob.</summary>
    public bool Has(Digest digest) => File.Exists(PathOf(digest));

    /// <summary>Removes a file, where there is one. Who has linked it keeps it.</summary>
    public void Remove(Digest digest)
    {
        lock (_lock)
        {
            Drop(digest);
        }
    }

    private void Drop(Digest digest)
    {
        Forget(digest);
        string path = PathOf(digest);
        if (File.Exists(path))
        {
            _disk.Delete(path);
        }
    }

    /// <summary>Was asked for last.</summary>
    private void Note(Digest digest, long size)
    {
        Forget(digest);
        _files.AddLast((digest, size));
        _bytes += size;
    }

    private void Forget(Digest digest)
    {
        for (LinkedListNode<(Digest Digest, long Size)>? node = _files.First; node is not null; node = node.Next)
        {
            if (node.Value.Digest == digest)
            {
                _bytes -= node.Value.Size;
                _files.Remove(node);
                return;
            }
        }
    }

    private string PathOf(Digest digest) => Path.Combine(_directory, digest.Hex[..2], digest.Hex);
}
