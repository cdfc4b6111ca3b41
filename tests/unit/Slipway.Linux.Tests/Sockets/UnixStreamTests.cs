using System.Net.Sockets;

namespace Slipway.Linux.Tests.Sockets;

public sealed class UnixStreamTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"slipway-{Guid.NewGuid():n}.sock");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public UnixStreamTests()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.Listen();
    }

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_path);
    }

    [Fact]
    public async Task Bytes_go_both_ways_and_the_end_is_0()
    {
        using UnixStream stream = UnixStream.Connect(_path);
        using Socket peer = await _listener.AcceptAsync();
        stream.Write("ping"u8);
        byte[] buffer = new byte[100];
        Assert.Equal(4, await peer.ReceiveAsync(buffer));
        await peer.SendAsync("pong!"u8.ToArray());
        Assert.Equal(5, await stream.ReadAsync(buffer));
        peer.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, stream.Read(buffer));
    }

    [Fact]
    public async Task Whoever_disposes_it_ends_the_wait_of_a_reader()
    {
        UnixStream stream = UnixStream.Connect(_path);
        using Socket peer = await _listener.AcceptAsync();
        Task<int> reading = Task.Run(() => stream.Read(new byte[10]));
        stream.Dispose();
        try
        {
            Assert.Equal(0, await reading.WaitAsync(TimeSpan.FromSeconds(20)));
        }
        catch (ObjectDisposedException)
        {
            // It had not begun yet.
        }
    }

    [Fact]
    public async Task A_cancellation_ends_the_wait_for_bytes_and_for_room()
    {
        using UnixStream stream = UnixStream.Connect(_path);
        using Socket peer = await _listener.AcceptAsync();
        using CancellationTokenSource writing = new(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Run(async () => await stream.WriteAsync(new byte[50_000_000], writing.Token)));
        using CancellationTokenSource reading = new(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Run(async () => await stream.ReadAsync(new byte[10], reading.Token)));
    }

    [Fact]
    public async Task A_peer_that_has_gone_is_an_io_exception_over_a_socket_exception()
    {
        using UnixStream stream = UnixStream.Connect(_path);
        (await _listener.AcceptAsync()).Dispose();
        IOException lost = Assert.Throws<IOException>(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                stream.Write(new byte[1000]);
            }
        });
        Assert.IsType<SocketException>(lost.InnerException);
    }

    [Fact]
    public void Nobody_who_listens_and_a_path_too_long_are_told_apart()
    {
        _listener.Dispose();
        File.WriteAllText(_path, "no socket");
        Assert.Equal(Errno.ECONNREFUSED, Assert.Throws<LinuxException>(() => UnixStream.Connect(_path)).Errno);
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => UnixStream.Connect(_path + "x")).Errno);
        Assert.Throws<ArgumentException>(() => UnixStream.Connect("/" + new string('x', Libc.MaximumUnixPathBytes)));
    }
}
