using System.Net.Sockets;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Build.Running;

/// <summary>A connection to the relay is a connection to the agent.</summary>
public sealed class AgentRelayTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-relay-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_asked_reaches_the_agent_and_its_answer_comes_back()
    {
        string agent = Path.Combine(_folder, "agent");
        using Socket listener = Listen(agent);
        int user = (int)Libc.EffectiveUser();
        FileStatus folder = Libc.Status(_folder);
        await using AgentRelay relay = AgentRelay.Start(agent, Path.Combine(_folder, "relay"), user, (int)folder.Group, 0x1A0);
        (await listener.AcceptAsync()).Dispose(); // The relay's own look whether anybody listens.

        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(relay.Path));
        using Socket served = await listener.AcceptAsync();
        await client.SendAsync("ask"u8.ToArray());
        byte[] buffer = new byte[16];
        Assert.Equal(3, await served.ReceiveAsync(buffer));
        await served.SendAsync("answer"u8.ToArray());
        Assert.Equal(6, await client.ReceiveAsync(buffer));
        Assert.Equal("answer"u8.ToArray(), buffer[..6]);
        Assert.Equal(0x1A0, Libc.Status(relay.Path).Permissions);
    }

    [Fact]
    public void An_agent_that_is_not_there_is_told()
    {
        SlipwayException fault = Assert.Throws<SlipwayException>(() => AgentRelay.Start(Path.Combine(_folder, "none"), Path.Combine(_folder, "relay"), 0, 0, 0x180));
        Assert.Equal(ErrorKind.InvalidArgument, fault.Kind);
    }

    private static Socket Listen(string path)
    {
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        return listener;
    }
}
