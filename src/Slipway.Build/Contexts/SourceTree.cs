using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Build.Contexts;

/// <summary>
/// A directory that files are copied from: the context, a stage's files, an image's. Every path is resolved by handle within the root, so that no
/// symlink leads out of it.
/// </summary>
internal sealed class SourceTree : IDisposable
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly SafeFileHandle _root;

    private SourceTree(SafeFileHandle root) => _root = root;

    /// <param name="isOurs">Nobody else has the directory, and it goes with the build: its files may be taken, not only copied.</param>
    /// <param name="inPlace">The content of files that stand here without it.</param>
    public static SourceTree Open(string directory, bool isOurs = false, FilesInPlace? inPlace = null) =>
        new(Libc.Open(directory, OpenFlags.Path | OpenFlags.Directory)) { IsOurs = isOurs, InPlace = inPlace };

    /// <summary>The directory's files may be taken, not only copied.</summary>
    public bool IsOurs { get; private init; }

    /// <summary>The content of files that stand here without it; null: all have theirs.</summary>
    public FilesInPlace? InPlace { get; private init; }

    /// <summary>What stands at a path, symlinks followed within the root; null where there is nothing.</summary>
    public SourceEntry? Find(string path)
    {
        using SafeFileHandle handle = Libc.TryOpenAt(_root, path, OpenFlags.Path, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out int errno);
        return errno switch
        {
            0 => new(path, Libc.Status(handle, path)),
            Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP => null,
            _ => throw new LinuxException(errno, "openat2", path),
        };
    }

    /// <summary>What a source of COPY names, in byte order: one entry, or what its wildcards match.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: a malformed pattern.</exception>
    public IReadOnlyList<SourceEntry> Match(string source)
    {
        string[] parts = Planning.ImagePath.Clean("/" + source).Split('/', StringSplitOptions.RemoveEmptyEntries);
        List<string> paths = [""];
        foreach (string part in parts)
        {
            paths = GoGlob.IsPattern(part) ? [.. paths.SelectMany(path => MatchPart(path, part))] : [.. paths.Select(path => Join(path, part))];
        }

        return [.. paths.Select(path => Find(path.Length == 0 ? "." : path)).OfType<SourceEntry>()];
    }

    /// <summary>The entries of a directory in byte order of their names; symlinks are not followed.</summary>
    /// <param name="skipsUnreadable">Names that are not UTF-8 are left out; else they are a fault.</param>
    public IReadOnlyList<SourceEntry> List(string directory, bool skipsUnreadable = false)
    {
        using SafeFileHandle handle = Libc.OpenAt(_root, directory, OpenFlags.Directory, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks);
        List<SourceEntry> entries = [];
        foreach (string name in Names(handle, directory, skipsUnreadable))
        {
            if (Libc.StatusAt(handle, name) is { } status)
            {
                entries.Add(new(Join(directory == "." ? "" : directory, name), status));
            }
        }

        return entries;
    }

    /// <summary>Opens a regular file for reading.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Conflict"/>: it is read in place, and is not what it was.</exception>
    public SafeFileHandle OpenFile(string path)
    {
        SafeFileHandle file = Libc.OpenAt(_root, path, OpenFlags.ReadOnly | OpenFlags.NonBlock, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks);
        if (InPlace?.Find(Libc.Status(file, path).Inode) is not { } elsewhere)
        {
            return file;
        }

        file.Dispose();
        return InPlace.Open(elsewhere);
    }

    /// <summary>Opens what stands at a path itself, for its symlink text or attributes, in its directory.</summary>
    public (SafeFileHandle Directory, string Name) OpenParent(string path)
    {
        int slash = path.LastIndexOf('/');
        return (Libc.OpenAt(_root, slash < 0 ? "." : path[..slash], OpenFlags.Directory, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks), path[(slash + 1)..]);
    }

    /// <summary>Where something stands on this machine, with all its content, for a mount; symlinks are resolved within the root.</summary>
    public string RealPath(string path, CancellationToken cancellationToken)
    {
        string real = RealPath(path);
        if (InPlace is not null)
        {
            using SafeFileHandle root = Libc.OpenAt(_root, ".", OpenFlags.Directory, ResolveFlags.Beneath);
            InPlace.Fill(root, real[RealPath(".").Length..].TrimStart('/'), cancellationToken);
        }

        return real;
    }

    private string RealPath(string path)
    {
        using SafeFileHandle handle = Libc.OpenAt(_root, path, OpenFlags.Path, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks);
        return new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget ?? throw new LinuxException(Errno.ENOENT, "readlink", path);
    }

    /// <summary>The text of a symlink.</summary>
    public string ReadLink(string path)
    {
        (SafeFileHandle directory, string name) = OpenParent(path);
        using (directory)
        {
            return Libc.ReadLinkAt(directory, name);
        }
    }

    public void Dispose() => _root.Dispose();

    private IEnumerable<string> MatchPart(string directory, string pattern)
    {
        GoGlob.Matches(pattern, "", out bool fault);
        if (fault)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"'{pattern}' is not a pattern", "A literal [ or \\ is written \\[ or \\\\.");
        }

        using SafeFileHandle handle = Libc.TryOpenAt(
            _root, directory.Length == 0 ? "." : directory, OpenFlags.Directory, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out int errno);
        return errno == 0
            ? [.. Names(handle, directory).Where(name => GoGlob.Matches(pattern, name, out _)).Select(name => Join(directory, name))]
            : [];
    }

    private static List<string> Names(SafeFileHandle directory, string path, bool skipsUnreadable = false)
    {
        List<byte[]> raw = Libc.ListNames(directory, path);
        raw.Sort((left, right) => left.AsSpan().SequenceCompareTo(right));
        List<string> names = new(raw.Count);
        foreach (byte[] name in raw)
        {
            try
            {
                names.Add(Strict.GetString(name));
            }
            catch (DecoderFallbackException) when (skipsUnreadable)
            {
                continue;
            }
            catch (DecoderFallbackException)
            {
                throw new SlipwayException(ErrorKind.InvalidArgument, $"the name '{path}/{Encoding.UTF8.GetString(name)}' is not UTF-8", "Rename the file.");
            }
        }

        return names;
    }

    private static string Join(string directory, string name) => directory.Length == 0 ? name : directory + "/" + name;
}
