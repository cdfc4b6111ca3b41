using Slipway.Cli.Servers;

namespace Slipway.Cli.Tests.Servers;

public sealed class ServerAddressTests
{
    [Theory]
    [InlineData(true, "/var/lib/slipway")]
    [InlineData(false, "/home/me/.local/state/slipway", "HOME=/home/me")]
    [InlineData(false, "/state/slipway", "HOME=/home/me", "XDG_STATE_HOME=/state")]
    [InlineData(true, "/tmp/x", "SLIPWAY_HOME=/tmp/x")]
    [InlineData(false, "/tmp/x", "SLIPWAY_HOME=/tmp/x", "XDG_STATE_HOME=/state")]
    [InlineData(true, "/var/lib/slipway", "SLIPWAY_HOME=")]
    public void The_home_is_the_variable_or_the_place_of_the_user(bool root, string home, params string[] variables) =>
        Assert.Equal(home, ServerAddress.From(name => variables.FirstOrDefault(text => text.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..], root).Home);

    [Fact]
    public async Task A_host_that_is_no_address_is_refused_with_the_forms()
    {
        using TestWorld world = new();
        ServerAddress address = new("/tmp/x", "what");
        Assert.Contains("SLIPWAY_HOST is 'what'", Assert.Throws<CliException>(() => address.Connect(world.Context)).Message, StringComparison.Ordinal);
        Assert.Equal(1, await world.RunAsync("info"));
        Assert.Contains("no server answers", world.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_path_longer_than_the_kernel_takes_is_reached_through_its_folder()
    {
        using TestWorld world = new();
        string home = Directory.CreateDirectory(Path.Combine(world.Folder, new string('a', 60), new string('b', 60))).FullName;
        using System.Net.Sockets.Socket listener = new(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        string near = Path.Combine(world.Folder, "near");
        File.CreateSymbolicLink(near, home);
        listener.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(near, "slipway.sock")));
        listener.Listen();
        LocalServer server = new(new ServerAddress(home, null), TimeProvider.System, start: false);
        using Stream connection = await server.ConnectAsync(CancellationToken.None);
        using System.Net.Sockets.Socket accepted = await listener.AcceptAsync();
        Assert.True(accepted.Connected);
    }

    [Fact]
    public void The_end_of_a_log_is_shown_from_where_the_server_began()
    {
        using TestWorld world = new();
        string log = world.Write("daemon.log", "old\nnew one\n   at Slipway.X() in x.cs:line 3\n--- End of stack trace\nnew two\n");
        Assert.Equal("  new one\n  new two", ServerProcess.LastLines(log, 4));
        Assert.Equal("  (it wrote no log)", ServerProcess.LastLines(log + ".not", 0));
    }
}
