using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Build.Running;

/// <summary>
/// A socket that hands every connection on to an ssh agent, with the owner and mode that a step asks for: the agent's own may be closed to the step's user.
/// </summary>
internal sealed class AgentRelay : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly string _agent;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;

    private AgentRelay(Socket listener, string agent, string path)
    {
        _listener = listener;
        _agent = agent;
        Path = path;
        _accepting = AcceptAsync();
    }

    public string Path { get; }

    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: no agent answers there.</exception>
    public static AgentRelay Start(string agent, string path, int user, int group, int mode)
    {
        try
        {
            using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            probe.Connect(new UnixDomainSocketEndPoint(agent));
        }
        catch (SocketException fault)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"no ssh agent answers at '{agent}': {fault.Message}", "Start one: eval $(ssh-agent); ssh-add", fault);
        }

        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (SafeFileHandle folder = Libc.Open(System.IO.Path.GetDirectoryName(path)!, OpenFlags.Directory))
        {
            // By way of the handle, because an address holds 107 bytes and a home's path may be longer.
            listener.Bind(new UnixDomainSocketEndPoint($"/proc/self/fd/{folder.DangerousGetHandle()}/{System.IO.Path.GetFileName(path)}"));
            Libc.ChangeOwnerAt(folder, System.IO.Path.GetFileName(path), user, group);
            Libc.ChangeModeAt(folder, System.IO.Path.GetFileName(path), mode);
        }

        listener.Listen();
        return new(listener, agent, path);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> relays = [];
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptAsync(_end.Token);
                relays.RemoveAll(relay => relay.IsCompleted);
                relays.Add(RelayAsync(client));
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The step has ended.
        }

        await Task.WhenAll(relays);
    }

    private async Task RelayAsync(Socket client)
    {
        try
        {
            using Socket agent = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            using (client)
            {
                await agent.ConnectAsync(new UnixDomainSocketEndPoint(_agent), _end.Token);
                await Task.WhenAll(CopyAsync(client, agent), CopyAsync(agent, client));
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or IOException)
        {
            // The step or the agent has gone; the other end sees its connection close.
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[16 << 10];
        while (await from.ReceiveAsync(buffer, _end.Token) is var read and > 0)
        {
            for (int sent = 0; sent < read;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _end.Token);
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
