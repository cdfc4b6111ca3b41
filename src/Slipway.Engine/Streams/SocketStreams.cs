using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>
/// Streams over conmon's attach socket: packets, of which the first byte of those that come says which output they are. The socket may only
/// exist later; until then reads and writes wait for it.
/// </summary>
internal sealed class SocketStreams(bool openStdin, Action<TerminalExtent> resize) : ContainerStreams
{
    private const byte FromStdout = 2;
    private const byte FromStderr = 3;

    /// <summary>conmon reads 8 KiB of output at a time; one byte more says which.</summary>
    private const int MaximumPacket = 32 * 1024;

    /// <summary>What conmon surely takes in one packet.</summary>
    private const int MaximumStdin = 8 * 1024;

    private readonly TaskCompletionSource<Socket?> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _buffer = new byte[MaximumPacket];
    private bool _resetSeen;

    /// <summary>Connects to the socket <c>attach</c> in a directory. The way there may be longer than a socket's address can be.</summary>
    public void Connect(string directory)
    {
        if (_connected.Task.IsCompleted)
        {
            return;
        }

        using SafeFileHandle handle = Libc.Open(directory, OpenFlags.Path | OpenFlags.Directory);
        Socket socket = new(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint($"/proc/self/fd/{handle.DangerousGetHandle()}/attach"));
        }
        catch (SocketException)
        {
            // conmon has ended already: there is nothing to be heard.
            socket.Dispose();
            End();
            return;
        }

        if (!_connected.TrySetResult(socket))
        {
            socket.Dispose();
        }
    }

    /// <summary>There will be no process to hear of.</summary>
    public void End() => _connected.TrySetResult(null);

    public override async ValueTask<StreamChunk?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await _connected.Task.WaitAsync(cancellationToken) is not { } socket)
        {
            return null;
        }

        while (true)
        {
            int length;
            try
            {
                length = await socket.ReceiveAsync(_buffer, cancellationToken);
            }
            catch (SocketException fault) when (fault.SocketErrorCode == SocketError.ConnectionReset && !_resetSeen)
            {
                // conmon ended with some of our stdin unread. What it wrote before is still there to be read.
                _resetSeen = true;
                continue;
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
            {
                return null;
            }

            switch (length)
            {
                case 0:
                    return null;
                case > 1 when _buffer[0] is FromStdout or FromStderr:
                    return new StreamChunk(_buffer[0] == FromStdout ? StreamKind.Stdout : StreamKind.Stderr, _buffer.AsMemory(1, length - 1));
                default:
                    continue;
            }
        }
    }

    public override async ValueTask WriteStdinAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (!openStdin || await _connected.Task.WaitAsync(cancellationToken) is not { } socket)
        {
            return;
        }

        try
        {
            while (!content.IsEmpty)
            {
                ReadOnlyMemory<byte> packet = content[..Math.Min(content.Length, MaximumStdin)];
                await socket.SendAsync(packet, cancellationToken);
                content = content[packet.Length..];
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // The process has ended, or closed its stdin; nobody is there to read.
        }
    }

    public override async ValueTask CloseStdinAsync(CancellationToken cancellationToken)
    {
        if (!openStdin || await _connected.Task.WaitAsync(cancellationToken) is not { } socket)
        {
            return;
        }

        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // The process has ended already.
        }
    }

    public override ValueTask ResizeAsync(int rows, int columns, CancellationToken cancellationToken)
    {
        resize(new TerminalExtent(rows, columns));
        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        if (!_connected.TrySetResult(null) && _connected.Task is { IsCompletedSuccessfully: true, Result: { } socket })
        {
            socket.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}
