using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Local;
using Slipway.Content.Blobs.Loose;

namespace Slipway.Content.Blobs.Composed;

/// <summary>
/// Composed blobs as whole files, for those who want a file: made once, by reference where the file system shares ranges, else by one copy inside the
/// kernel; then hard-linked as loose blobs are. A cache: the bytes stand in the sources.
/// </summary>
internal sealed class WholeFiles(string directory, StoreDisk disk)
{
    private readonly Lock _lock = new();

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
                return path;
            }

            disk.CreateFolder(directory);
            disk.CreateFolder(Path.GetDirectoryName(path)!);
            using TemporaryFile draft = TemporaryFile.Create(disk, Path.GetDirectoryName(path)!);
            Write(recipe, draft, open, read, cancellationToken);
            draft.MakeReadOnly();
            disk.Rename(draft.FullPath, path);
            draft.Keep();
            HasUnsynced = true;
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
        string path = PathOf(digest);
        lock (_lock)
        {
            if (File.Exists(path))
            {
                disk.Delete(path);
            }
        }
    }

    private string PathOf(Digest digest) => Path.Combine(directory, digest.Hex[..2], digest.Hex);
}
