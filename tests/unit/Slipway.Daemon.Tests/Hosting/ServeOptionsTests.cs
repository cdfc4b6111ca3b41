using Slipway.Content;
using Slipway.Daemon.Hosting;
using Slipway.Daemon.Registry.Access;
using Slipway.Daemon.Registry.Proxying;

namespace Slipway.Daemon.Tests.Hosting;

public sealed class ServeOptionsTests
{
    [Fact]
    public void Every_option_is_read_in_both_spellings()
    {
        ServeOptions options = ServeOptions.Parse(
        [
            "--background", "--listen=127.0.0.1:5000", "--tls-cert", "cert.pem", "--tls-key=/key.pem", "--anonymous", "local,pull",
            "--proxy-logins=docker", "--proxy-keep", "7", "--proxy", "https://registry-1.docker.io", "--proxy=ghcr.io=https://ghcr.io",
        ]);
        Assert.Equal("127.0.0.1:5000", options.Tcp!.ToString());
        Assert.Equal(new TlsFiles(Path.GetFullPath("cert.pem"), "/key.pem"), options.Tls);
        Assert.Equal(AnonymousAccess.Local | AnonymousAccess.Pull, options.Registry.Anonymous);
        Assert.Equal(["docker.io https://registry-1.docker.io/", "ghcr.io https://ghcr.io/"], options.Registry.Proxy.Upstreams.Values.Select(upstream => $"{upstream.Domain} {upstream.Address}"));
    }

    [Fact]
    public void Logins_are_those_of_docker_or_of_a_file_that_is_one_of_logins()
    {
        Assert.EndsWith("/config.json", Parse("docker").Path, StringComparison.Ordinal);
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, """{"auths":{}}""");
            Assert.Equal(file, Parse(file).Path);
            File.WriteAllText(file, "no JSON, but a secret");
            SlipwayException refused = Assert.Throws<SlipwayException>(() => Parse(file));
            Assert.Equal(ErrorKind.InvalidArgument, refused.Kind);
            Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }

        static UpstreamLogins Parse(string logins) => ServeOptions.Parse(["--listen=127.0.0.1:0", "--proxy=https://ghcr.io", "--proxy-logins", logins]).Registry.Proxy.Logins!;
    }

    [Theory]
    [InlineData("", 90)]
    [InlineData("--proxy-keep 7", 7)]
    [InlineData("--proxy-keep 0", null)]
    public void What_came_from_upstreams_is_kept_so_long(string option, int? days) => Assert.Equal(
        days, ServeOptions.Parse(["--listen=127.0.0.1:0", "--proxy=https://ghcr.io", .. option.Split(' ', StringSplitOptions.RemoveEmptyEntries)]).Registry.Proxy.Keep?.Days);

    [Fact]
    public void Nothing_is_said_where_nothing_is_said()
    {
        ServeOptions options = ServeOptions.Parse([]);
        Assert.Null(options.Tcp);
        Assert.Null(options.Tls);
        Assert.True(options.Registry.IsDefault);
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("--listen")]
    [InlineData("--listen 5000")]
    [InlineData("--listen 127.0.0.1:0 --tls-cert c")]
    [InlineData("--listen 127.0.0.1:0 --tls-key k")]
    [InlineData("--tls-cert c --tls-key k")]
    [InlineData("--anonymous pull")]
    [InlineData("--listen 127.0.0.1:0 --anonymous everybody")]
    [InlineData("--listen 127.0.0.1:0 --anonymous none,pull")]
    [InlineData("--proxy https://ghcr.io")]
    [InlineData("--listen 127.0.0.1:0 --proxy-keep 7")]
    [InlineData("--listen 127.0.0.1:0 --proxy https://ghcr.io --proxy-keep -1")]
    [InlineData("--listen 127.0.0.1:0 --proxy https://ghcr.io --proxy-keep week")]
    [InlineData("--listen 127.0.0.1:0 --proxy-logins docker")]
    [InlineData("--listen 127.0.0.1:0 --proxy https://ghcr.io --proxy-logins /not/there.json")]
    [InlineData("--listen 127.0.0.1:0 --proxy ghcr.io")]
    [InlineData("--listen 127.0.0.1:0 --proxy ftp://ghcr.io")]
    [InlineData("--listen 127.0.0.1:0 --proxy https://me:secret@ghcr.io")]
    [InlineData("--listen 127.0.0.1:0 --proxy https://ghcr.io/v2")]
    [InlineData("--listen 127.0.0.1:0 --proxy name=https://ghcr.io")]
    [InlineData("--listen 127.0.0.1:0 --proxy https://a.io --proxy https://b.io")]
    public void What_makes_no_sense_is_refused(string line) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<SlipwayException>(() => ServeOptions.Parse(line.Split(' '))).Kind);
}
