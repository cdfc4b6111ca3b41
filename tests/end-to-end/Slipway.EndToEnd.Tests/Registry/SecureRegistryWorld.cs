using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Registry;

/// <summary>A server as it stands in a network: with TLS, and nobody without a key. Its image <c>team/base:1</c> is busybox.</summary>
public sealed class SecureRegistryWorld : IAsyncLifetime
{
    private SlipwayBinary? _slipway;
    private TestAuthority? _authority;

    internal SlipwayBinary Slipway => _slipway ?? throw new InvalidOperationException("the fixture is not initialised");

    internal TestAuthority Authority => _authority ?? throw new InvalidOperationException("the fixture is not initialised");

    /// <summary>As clients name it in a reference.</summary>
    internal string Host { get; private set; } = "";

    /// <summary>An access key that pulls and pushes below <c>team/</c>.</summary>
    internal AccessKeyInfo TeamKey { get; private set; } = null!;

    /// <summary>An access key for everything.</summary>
    internal AccessKeyInfo WholeKey { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _slipway = await SlipwayBinary.CreateAsync();
        _authority = new TestAuthority(_slipway.Folder);
        _authority.Renew();
        await _slipway.RunAsync("tag", "busybox", "team/base:1");
        await _slipway.RunAsync("tag", "busybox", "other/base:1");
        TeamKey = await _slipway.JsonAsync(ApiJson.Default.AccessKeyInfo, "key", "create", "--name", "team", "--repository", "team/*=pull,push");
        WholeKey = await _slipway.JsonAsync(ApiJson.Default.AccessKeyInfo, "key", "create", "--name", "whole");
        Host = (await _slipway.ListenAsync([.. _authority.Options, "--anonymous", "none"])).Authority;
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_slipway is not null)
        {
            await _slipway.DisposeAsync();
        }
    }

    /// <summary>A folder of the test's own.</summary>
    internal string Folder(string name) => Directory.CreateDirectory(Path.Combine(Slipway.Folder, name)).FullName;

    /// <summary>The digest of an image here.</summary>
    internal async Task<string> DigestAsync(string image) => (await Slipway.JsonAsync(ApiJson.Default.ImageDetails, "image", "inspect", image)).Digest;

    /// <summary>The image runs here.</summary>
    internal async Task RunsAsync(string image) =>
        Assert.Contains("it runs", await Slipway.RunAsync("run", "--rm", image, "echo", "it runs"), StringComparison.Ordinal);
}
