using Slipway.Api;
using Slipway.Linux;

namespace Slipway.Cli.Servers;

/// <summary>
/// The server of a home folder. A connection is simply tried; only when nobody listens is a server started, under a lock, so that two commands that begin
/// together end with one server.
/// </summary>
internal sealed class LocalServer(ServerAddress address, TimeProvider time, bool start) : IServerConnector
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public string Name => "unix://" + address.SocketPath;

    public ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            return ValueTask.FromResult<Stream>(Open());
        }
        catch (LinuxException exception) when (start && IsNobody(exception))
        {
            return new(StartAsync(cancellationToken));
        }
        catch (LinuxException exception) when (exception.Errno == Errno.EACCES)
        {
            throw new CliException($"you may not use the server at {Name}", "run as the user who started it, or set SLIPWAY_HOME to a folder of your own");
        }
    }

    private static bool IsNobody(LinuxException exception) => exception.Errno is Errno.ENOENT or Errno.ECONNREFUSED;

    /// <summary>Opens the socket; a path longer than the kernel's limit goes through the folder's descriptor.</summary>
    private UnixStream Open()
    {
        if (System.Text.Encoding.UTF8.GetByteCount(address.SocketPath) <= Libc.MaximumUnixPathBytes)
        {
            return UnixStream.Connect(address.SocketPath);
        }

        using Microsoft.Win32.SafeHandles.SafeFileHandle folder = Libc.Open(address.Home, OpenFlags.Path | OpenFlags.Directory);
        string path = $"/proc/self/fd/{folder.DangerousGetHandle()}/{Path.GetFileName(address.SocketPath)}";
        return UnixStream.Connect(path);
    }

    private async Task<Stream> StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(address.Home);
        long began = time.GetTimestamp();
        FileStream? turn = null;
        ServerProcess? server = null;
        try
        {
            while (true)
            {
                turn ??= TryLock();
                try
                {
                    return Open();
                }
                catch (LinuxException exception) when (IsNobody(exception))
                {
                    // Not yet, or we are the one to start it.
                }

                if (turn is not null)
                {
                    server ??= ServerProcess.Start(address);
                }

                TimeSpan waited = time.GetElapsedTime(began);
                if (waited > StartLimit || (server is { HasExited: true } && server.ExitedFor > TimeSpan.FromSeconds(1)))
                {
                    string what = server is { HasExited: true } ? $"the local server ended at its start (code {server.ExitCode})"
                        : $"the local server did not answer within {StartLimit.TotalSeconds:0} seconds";
                    throw new CliException($"{what}\n{ServerProcess.LastLines(address.LogPath, server?.LogStart ?? 0)}", $"see {address.LogPath}, or run it in this terminal: slipway serve");
                }

                await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            server?.Dispose();
            turn?.Dispose();
        }
    }

    /// <summary>The right to start the server; null while another command holds it.</summary>
    private FileStream? TryLock()
    {
        try
        {
            return new FileStream(Path.Combine(address.Home, "start.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or FileNotFoundException))
        {
            return null;
        }
    }
}
