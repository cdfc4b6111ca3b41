using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Composed;
using Slipway.Content.Blobs.Local;
using Slipway.Content.Blobs.Loose;
using Slipway.Linux;

namespace Slipway.Content.Blobs;

public sealed partial class LocalBlobStore
{
    private const UnixFileMode ExecuteBits = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <inheritdoc/>
    public ValueTask MaterializeAsync(Digest digest, string path, UnixFileMode mode, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (_composed.IsHidden(digest))
            {
                throw Missing(digest);
            }

            if (_packs.TryRead(digest) is { } content)
            {
                BlobFile.Write(content, path, mode);
                return ValueTask.CompletedTask;
            }

            bool isLinkable = (mode & ExecuteBits) == 0;
            if (_loose.TryOpen(digest, out _) is { } loose)
            {
                using SafeFileHandle file = loose;
                if (!isLinkable || !TryLink(() => _loose.CurrentPath(digest), path))
                {
                    BlobFile.Copy(file, path, mode, cancellationToken);
                }

                return ValueTask.CompletedTask;
            }

            Recipe recipe = _composed.Find(digest) ?? throw Missing(digest);
            string whole = _whole.Make(digest, recipe, source => _loose.TryOpen(source, out _), OpenStored, cancellationToken);
            if (!isLinkable || !TryLink(() => whole, path))
            {
                using SafeFileHandle file = Libc.Open(whole, OpenFlags.ReadOnly);
                BlobFile.Copy(file, path, mode, cancellationToken);
            }

            return ValueTask.CompletedTask;
        }
        catch (LinuxException exception) when (exception.Errno == Errno.EEXIST)
        {
            throw new SlipwayException(ErrorKind.AlreadyExists, $"{path} exists already; a blob is never written over a file", innerException: exception);
        }
        catch (LinuxException exception) when (exception.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            throw new SlipwayException(ErrorKind.NotFound, $"blob {digest} cannot be put at {path}: its directory does not exist", innerException: exception);
        }
        catch (Exception exception) when (DiskFailure.IsKnown(exception))
        {
            throw DiskFailure.Translate(exception, Path.GetDirectoryName(Path.GetFullPath(path)) ?? path);
        }
    }

    /// <summary>Gives the blob's own file a second name; false where the kernel will not, and a copy is due.</summary>
    private static bool TryLink(Func<string> current, string path)
    {
        while (true)
        {
            string source = current();
            try
            {
                Libc.Link(source, path);
                return true;
            }
            catch (LinuxException exception) when (exception.Errno is Errno.EMLINK or Errno.EXDEV or Errno.EPERM or Errno.ENOTSUP)
            {
                return false;
            }
            catch (LinuxException exception) when (exception.Errno == Errno.ENOENT && current() != source)
            {
                // A flush gave the file its lasting name in between.
            }
        }
    }
}
