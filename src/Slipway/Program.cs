using System.Runtime.CompilerServices;
using Slipway.Cli;
using Slipway.Cli.Warm;
using Slipway.Daemon;

// `serve` opens the server; everything else is a command that talks to one. A command must start in milliseconds, so nothing of the server's assembly
// may be touched on its way: that is why the server is reached through a method that is never inlined.
return args is ["serve", ..] && !Array.Exists(args, static word => word is "--help" or "-h")
    ? await Server.RunAsync(args)
    : CliApp.TryRunWarm(args) ?? await CliApp.RunAsync(args);

internal static class Server
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Task<int> RunAsync(string[] args) => DaemonHost.RunAsync(args, WarmHost.RunAsync);
}
