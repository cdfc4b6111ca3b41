using Slipway.Linux;

namespace Slipway.Content.Blobs.Local;

/// <summary>The disk's errors in the words of every room.</summary>
internal static class DiskFailure
{
    /// <summary>True where the disk is full or a quota is reached.</summary>
    public static bool IsFull(Exception exception) =>
        exception is LinuxException { Errno: Errno.ENOSPC or Errno.EDQUOT } or IOException { HResult: Errno.ENOSPC or Errno.EDQUOT };

    /// <summary>True where a sync failed: the kernel may have dropped what it was to write.</summary>
    public static bool IsSync(Exception exception) => exception is LinuxException { Call: "fsync" or "fdatasync" or "syncfs" };

    /// <summary>True for the exceptions that <see cref="Translate"/> has words for: a full disk, and every call that we made ourselves.</summary>
    public static bool IsKnown(Exception exception) => exception is LinuxException || IsFull(exception);

    /// <summary>What to throw instead of <paramref name="exception"/>.</summary>
    /// <param name="directory">The directory whose disk is meant.</param>
    public static SlipwayException Translate(Exception exception, string directory)
    {
        if (IsFull(exception))
        {
            return new(
                ErrorKind.OutOfSpace,
                $"the disk that holds {directory} is full; what was being stored there was given up",
                $"Free some space and try again; df -h {directory} shows what is left.",
                exception);
        }

        ErrorKind kind = exception switch
        {
            LinuxException { Errno: Errno.ENOENT or Errno.ENOTDIR } => ErrorKind.NotFound,
            LinuxException { Errno: Errno.EEXIST } => ErrorKind.AlreadyExists,
            LinuxException { Errno: Errno.EACCES or Errno.EPERM or Errno.EROFS } => ErrorKind.PermissionDenied,
            LinuxException { Errno: Errno.ELOOP or Errno.EISDIR } => ErrorKind.InvalidArgument,
            LinuxException { Errno: Errno.EIO } => ErrorKind.Unavailable,
            _ => ErrorKind.Internal,
        };
        return new(kind, exception.Message, innerException: exception);
    }
}
