using System.Net;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Registry;

/// <summary><c>slipway serve --tls-cert --tls-key</c>.</summary>
public sealed class TlsTests
{
    [Fact]
    public async Task A_renewed_certificate_is_shown_to_the_next_connection()
    {
        await using SlipwayBinary slipway = await SlipwayBinary.CreateAsync();
        TestAuthority authority = new(slipway.Folder);
        string first = authority.Renew(), seen = "";
        Uri address = await slipway.ListenAsync(authority.Options);
        Assert.Equal("https", address.Scheme);
        using HttpClient http = authority.Client(address, certificate => seen = certificate.SerialNumber);
        await PullAsync();
        Assert.Equal(first, seen);

        string second = authority.Renew();
        await PullAsync();
        Assert.Equal(second, seen);

        // Half of the next one is there: the last one stays until the other half has come.
        string key = await File.ReadAllTextAsync(authority.KeyFile);
        string third = authority.Renew();
        string next = await File.ReadAllTextAsync(authority.KeyFile);
        await File.WriteAllTextAsync(authority.KeyFile, key + "\n");
        await PullAsync();
        Assert.Equal(second, seen);
        await File.WriteAllTextAsync(authority.KeyFile, next + "\n\n");
        await PullAsync();
        Assert.Equal(third, seen);

        async Task PullAsync()
        {
            using HttpResponseMessage answer = await http.GetAsync("/v2/busybox/manifests/latest");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task What_cannot_be_used_is_said_and_nothing_is_served()
    {
        await using SlipwayBinary slipway = await SlipwayBinary.CreateAsync(withBusybox: false);
        TestAuthority authority = new(slipway.Folder);
        authority.Renew();
        CommandOutput half = await slipway.TryAsync("serve", "--listen", "127.0.0.1:0", "--tls-cert", authority.CertificateFile);
        Assert.Equal(2, half.ExitCode);
        Assert.Contains("--tls-key", half.Stderr, StringComparison.Ordinal);
        CommandOutput closed = await slipway.TryAsync(["serve", .. authority.Options]);
        Assert.Equal(2, closed.ExitCode);
        Assert.Contains("--listen", closed.Stderr, StringComparison.Ordinal);

        await File.WriteAllTextAsync(authority.KeyFile, "no key at all");
        CommandOutput wrong = await slipway.TryAsync(["serve", "--listen", "127.0.0.1:0", .. authority.Options]);
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains(authority.KeyFile, wrong.Stderr, StringComparison.Ordinal);
        Assert.Contains("hint:", wrong.Stderr, StringComparison.Ordinal);
    }
}
