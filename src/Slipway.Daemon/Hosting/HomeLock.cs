using System.Globalization;
using Slipway.Content;

namespace Slipway.Daemon.Hosting;

/// <summary>Holds a home for one daemon. The kernel lets go of it when the process ends, however it ends.</summary>
internal sealed class HomeLock : IDisposable
{
    private readonly DaemonHome _home;
    private readonly FileStream _file;

    private HomeLock(DaemonHome home, FileStream file)
    {
        _home = home;
        _file = file;
    }

    /// <exception cref="SlipwayException"><see cref="ErrorKind.FailedPrecondition"/>: another daemon serves this home.</exception>
    public static HomeLock Take(DaemonHome home)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB) on Linux.
            return new HomeLock(home, new FileStream(home.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error) when (error is not DirectoryNotFoundException)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition,
                $"another slipway daemon serves {home.Directory} already",
                "Use it, stop it with `slipway daemon stop`, or set SLIPWAY_HOME to another folder.",
                error);
        }
    }

    /// <summary>Says which process serves, for people and scripts.</summary>
    public void WritePid() => File.WriteAllText(_home.PidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(_home.PidFile);
        _file.Dispose();
    }
}
