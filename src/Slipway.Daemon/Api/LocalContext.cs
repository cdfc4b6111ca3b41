using Microsoft.Win32.SafeHandles;
using Slipway.Api;
using Slipway.Build.Contexts;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Daemon.Api;

/// <summary>A build context that the server takes from the asker's folder itself.</summary>
internal static class LocalContext
{
    /// <summary>Copies the folder into <paramref name="directory"/>, but large files that nobody changes; null where the server sees another one at its path.</summary>
    /// <exception cref="SlipwayException">See <see cref="FolderCopy.Copy"/>; <see cref="ErrorKind.InvalidArgument"/>: the ignore file means nothing.</exception>
    public static UnpackedContext? Take(LocalBuildRequest request, string directory, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Path.IsPathFullyQualified(request.Folder))
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the context '{request.Folder}' is not an absolute path");
        }

        using SafeFileHandle? folder = TryOpen(request);
        if (folder is null)
        {
            return null;
        }

        DockerIgnore ignore = Ignore(request);
        string own = Path.Combine(directory, "context");
        Directory.CreateDirectory(own);
        FilesInPlace? inPlace = FilesInPlace.Of(folder, time);
        FolderCopy copy = new(path => BuildContextFormat.IsReserved(path) || ignore.Ignores(path), ignore.MayIncludeBelow, inPlace);
        try
        {
            copy.Copy(folder, own, cancellationToken);
            if (inPlace is { IsEmpty: true })
            {
                inPlace.Dispose();
                inPlace = null;
            }

            return new UnpackedContext(own, request.Dockerfile, copy.Ignored) { InPlace = inPlace };
        }
        catch
        {
            inPlace?.Dispose();
            throw;
        }
    }

    private static SafeFileHandle? TryOpen(LocalBuildRequest request)
    {
        try
        {
            SafeFileHandle folder = Libc.Open(request.Folder, OpenFlags.Directory);
            FileStatus status = Libc.Status(folder, request.Folder);
            if (status.Device == request.Device && status.Inode == request.Inode)
            {
                return folder;
            }

            folder.Dispose();
            return null;
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    private static DockerIgnore Ignore(LocalBuildRequest request)
    {
        try
        {
            return request.Ignore is null ? DockerIgnore.Nothing : DockerIgnore.Parse(request.Ignore, request.IgnoreName ?? ".dockerignore");
        }
        catch (FormatException fault)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, fault.Message, "See the patterns of .dockerignore: *, ?, **, [a-z], and ! to take in again.", fault);
        }
    }
}
