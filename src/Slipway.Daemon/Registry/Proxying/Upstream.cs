using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Daemon.Hosting;
using Slipway.Images;
using Slipway.Images.Client;

namespace Slipway.Daemon.Registry.Proxying;

/// <summary><c>slipway serve --proxy [DOMAIN=]URL</c>: a registry whose images of a domain are fetched when they are asked for, and kept.</summary>
/// <param name="Domain">Of the repositories' names here; without one, of names that begin with none (<c>docker.io</c>).</param>
internal sealed record Upstream(string Domain, Uri Address)
{
    private const string Option = "--proxy";

    /// <summary>Takes all of them out of a command line, by domain.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: one is malformed, or two are for one domain.</exception>
    public static ImmutableSortedDictionary<string, Upstream> TakeAll(ref string[] args)
    {
        ImmutableSortedDictionary<string, Upstream> all = ImmutableSortedDictionary.Create<string, Upstream>(StringComparer.Ordinal);
        foreach (Upstream upstream in ServeArguments.TakeAll(ref args, Option).Select(Parse))
        {
            all = !all.ContainsKey(upstream.Domain) ? all.Add(upstream.Domain, upstream)
                : throw new SlipwayException(ErrorKind.InvalidArgument, $"slipway serve has two {Option} for {upstream.Domain}");
        }

        return all;
    }

    /// <summary>What a repository is called there. Docker Hub has what is called <c>demo</c> here under <c>library/demo</c>; other registries under <c>demo</c>.</summary>
    public string PathOf(RepositoryName repository) =>
        Domain == ImageReference.DefaultDomain && !RegistryEndpoint.IsDockerHub(Address) ? repository.ToString() : repository.Path;

    private static Upstream Parse(string text)
    {
        int at = text.IndexOf('=', StringComparison.Ordinal);
        string domain = at < 0 ? ImageReference.DefaultDomain : text[..at], address = text[(at + 1)..];
        bool isDomain = RepositoryName.TryParse($"{domain}/name", out RepositoryName? name) && name.Domain == domain;
        return isDomain && Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
            && uri is { PathAndQuery: "/", Fragment: "", UserInfo: "" }
                ? new Upstream(domain, uri)
                : throw new SlipwayException(
                    ErrorKind.InvalidArgument, $"slipway serve {Option} takes a registry's address, as https://registry-1.docker.io, or DOMAIN=ADDRESS, as ghcr.io=https://ghcr.io, not '{text}'");
    }
}
