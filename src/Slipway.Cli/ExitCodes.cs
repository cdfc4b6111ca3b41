using Slipway.Api;

namespace Slipway.Cli;

/// <summary>What our process answers its parent, where a container's own code does not.</summary>
internal static class ExitCodes
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 2;

    /// <summary>run and exec: we failed, not the command.</summary>
    public const int ContainerFailed = 125;

    /// <summary>run and exec: the command is there and cannot be executed.</summary>
    public const int CommandNotExecutable = 126;

    /// <summary>run and exec: there is no such command.</summary>
    public const int CommandNotFound = 127;

    /// <summary>The code of `run` and `exec` for how the process ended: its own, or 125–127 where it never began.</summary>
    public static int Of(ExitReport report) => report switch
    {
        { Error: not null, ExitCode: CommandNotExecutable or CommandNotFound } => report.ExitCode,
        { Error: not null } => ContainerFailed,
        _ => report.ExitCode & 0xFF,
    };
}
