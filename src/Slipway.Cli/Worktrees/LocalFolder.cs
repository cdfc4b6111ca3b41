using Slipway.Api;
using Slipway.Linux;

namespace Slipway.Cli.Worktrees;

/// <summary>A folder that a person names.</summary>
internal static class LocalFolder
{
    /// <summary>Its path, absolute and with links followed.</summary>
    /// <exception cref="CliException">There is none.</exception>
    public static string Resolve(CommandContext context, string name)
    {
        string path = Path.TrimEndingDirectorySeparator(context.Resolve(name));
        if (!Directory.Exists(path))
        {
            throw new CliException($"there is no folder '{name}'");
        }

        return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
    }

    /// <summary>As the server is told of it.</summary>
    public static LocalSource Describe(string path)
    {
        FileStatus status = Libc.Status(path);
        return new LocalSource(path, Path.GetFileName(path), Folder: true, status.Device, status.Inode);
    }

    /// <summary>Folders are compared and changed by a server of this machine alone.</summary>
    public static CliException Declined(string verb, string? why) => new(
        $"the server cannot {verb} this folder itself: {why ?? "it is on another machine"}", "use a server of your own on this machine, or: slipway get, slipway put");
}
