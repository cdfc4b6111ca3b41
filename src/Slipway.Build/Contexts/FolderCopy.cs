using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Build.Copying;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Build.Contexts;

/// <summary>
/// Copies a folder of this machine, less what an ignore file leaves out, so that the build has a context that nobody changes meanwhile. Files, folders and symlinks
/// (as they are, never followed) with their permission bits; sockets, pipes and devices stay out. Every step goes by an open folder, never by a path.
/// </summary>
/// <param name="ignores">Whether a path ("a/b") stays out.</param>
/// <param name="mayIncludeBelow">Whether something below a folder that stays out may be taken in again.</param>
/// <param name="inPlace">Takes the large files that need no copy; null: all are copied.</param>
public sealed class FolderCopy(Func<string, bool> ignores, Func<string, bool> mayIncludeBelow, FilesInPlace? inPlace)
{
    /// <summary>At most so many paths that were left out are told.</summary>
    public const int MostIgnored = 1000;

    private const int PermissionBits = 0x1FF;
    private const ResolveFlags Strictly = ResolveFlags.Beneath | ResolveFlags.NoSymlinks;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<string> _ignored = [];

    /// <summary>What was left out, as far as it was looked at; for messages.</summary>
    public IReadOnlyCollection<string> Ignored => _ignored;

    /// <summary>Copies what is below <paramref name="folder"/> into <paramref name="target"/>, an empty directory of ours.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.PermissionDenied"/>: a file may not be read; <see cref="ErrorKind.InvalidArgument"/>: a name is not UTF-8.
    /// </exception>
    public void Copy(SafeFileHandle folder, string target, CancellationToken cancellationToken)
    {
        using SafeFileHandle top = Libc.Open(target, OpenFlags.Directory);
        CopyChildren(folder, "", new Place(top), cancellationToken);
    }

    private void CopyChildren(SafeFileHandle folder, string path, Place place, CancellationToken cancellationToken)
    {
        foreach (byte[] bytes in Libc.ListNames(folder, path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string name = Decode(bytes, path);
            string full = path.Length == 0 ? name : $"{path}/{name}";
            try
            {
                CopyOne(folder, name, full, place, cancellationToken);
            }
            catch (LinuxException fault) when (fault.Errno is Errno.EACCES or Errno.EPERM)
            {
                throw new SlipwayException(ErrorKind.PermissionDenied, $"the context's '{full}' cannot be read: {fault.Message}", "Let your user read it, or name it in .dockerignore.", fault);
            }
        }
    }

    private void CopyOne(SafeFileHandle folder, string name, string path, Place place, CancellationToken cancellationToken)
    {
        // What has gone since it was listed is not there.
        if (Libc.StatusAt(folder, name) is not { } status || !(status.IsRegular || status.IsDirectory || status.IsSymlink))
        {
            return;
        }

        bool isIgnored = ignores(path);
        if (isIgnored && !(status.IsDirectory && mayIncludeBelow(path)))
        {
            if (_ignored.Count < MostIgnored && !path.Contains('\n', StringComparison.Ordinal))
            {
                _ignored.Add(path);
            }
        }
        else if (status.IsDirectory)
        {
            using SafeFileHandle below = Libc.OpenAt(folder, name, OpenFlags.Directory | OpenFlags.NoFollow, Strictly);
            using Place inner = new(place, name, status.Permissions & PermissionBits);
            if (!isIgnored)
            {
                _ = inner.Handle;
            }

            CopyChildren(below, path, inner, cancellationToken);
        }
        else if (status.IsSymlink)
        {
            Libc.SymlinkAt(Libc.ReadLinkAt(folder, name), place.Handle, name);
        }
        else
        {
            using SafeFileHandle source = Libc.OpenAt(folder, name, OpenFlags.NoFollow, Strictly);
            using SafeFileHandle file = Libc.OpenAt(place.Handle, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, Strictly, 0x180);
            if (status.Size < FilesInPlace.LeastBytes || inPlace?.TryLeave(path, source, file) != true)
            {
                FileContent.Copy(source, file, cancellationToken);
            }

            Libc.Fchmod(file, status.Permissions & PermissionBits);
        }
    }

    private static string Decode(byte[] name, string folder)
    {
        try
        {
            return Utf8.GetString(name);
        }
        catch (DecoderFallbackException fault)
        {
            throw new SlipwayException(
                ErrorKind.InvalidArgument, $"a file in the context's '{folder}/' has a name that is not UTF-8 (bytes {Convert.ToHexStringLower(name)})", "Rename it, or name its folder in .dockerignore.", fault);
        }
    }

    /// <summary>A folder of the copy. One that is left out comes to be with the first of its files that is taken in again.</summary>
    private sealed class Place : IDisposable
    {
        private readonly Place? _parent;
        private readonly string _name = "";
        private readonly int _mode;
        private SafeFileHandle? _handle;

        public Place(SafeFileHandle top) => _handle = top;

        public Place(Place parent, string name, int mode) => (_parent, _name, _mode) = (parent, name, mode);

        public SafeFileHandle Handle
        {
            get
            {
                if (_handle is null)
                {
                    Libc.MakeDirectoryAt(_parent!.Handle, _name, 0x1C0);
                    _handle = Libc.OpenAt(_parent.Handle, _name, OpenFlags.Directory | OpenFlags.NoFollow, Strictly);
                }

                return _handle;
            }
        }

        // Its mode comes last, so that a folder that may not be written to can be filled.
        public void Dispose()
        {
            if (_parent is not null && _handle is not null)
            {
                Libc.Fchmod(_handle, _mode);
                _handle.Dispose();
            }
        }
    }
}
