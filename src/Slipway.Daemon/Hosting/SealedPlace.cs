using Slipway.Content;
using Slipway.Data.Inputs;
using Slipway.Linux;

namespace Slipway.Daemon.Hosting;

/// <summary>
/// Where what encrypted projects need in plain stands while it is needed: in memory (<c>/run</c>, where that is a tmpfs), else in the home. What a
/// killed server left there is removed at the next start.
/// </summary>
internal sealed class SealedPlace
{
    private const string Run = "/run";
    private const int NameDigits = 16;
    private static readonly InputBounds Nothing = new(0, 0);

    private SealedPlace(string folder) => Folder = folder;

    /// <summary>The folder that everything of it stands in.</summary>
    public string Folder { get; }

    /// <summary>What the server notes of folders that were put: names and times of files.</summary>
    public string Scans => Path.Combine(Folder, "scans");

    public static SealedPlace Open(DaemonHome home)
    {
        // Named after the home, so that two servers of one machine do not meet, and a server finds what it left.
        bool memory = Environment.IsPrivilegedProcess && Directory.Exists(Run) && new DriveInfo(Run).DriveFormat == "tmpfs";
        string folder = memory ? Path.Combine(Run, "slipway", Digest.Of(home.Directory).Hex[..NameDigits]) : Path.Combine(home.Directory, "sealed");
        DirectoryTree.Delete(folder);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new SealedPlace(folder);
    }

    /// <summary>A cache that keeps nothing which no datum reads.</summary>
    public InputCache OpenInputs() => InputCache.Open(Path.Combine(Folder, "inputs"), Nothing);

    /// <summary>Removes all of it.</summary>
    public void Clear() => DirectoryTree.Delete(Folder);
}
