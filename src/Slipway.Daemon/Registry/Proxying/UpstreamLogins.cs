using Slipway.Api;
using Slipway.Content;
using Slipway.Daemon.Hosting;
using Slipway.Images;
using Slipway.Images.Client;

namespace Slipway.Daemon.Registry.Proxying;

/// <summary>
/// <c>slipway serve --proxy-logins docker|FILE</c>: who the cache is to its upstreams, out of a file as docker keeps it, or a credential helper that the file names. It is
/// read anew whenever an upstream asks, so a login that was made or changed since counts. What is found is in no log and no message.
/// </summary>
/// <param name="Path">Of the file.</param>
internal sealed record UpstreamLogins(string Path)
{
    private const string Option = "--proxy-logins";
    private const string Own = "docker";

    /// <summary>Takes the option out of a command line; null: upstreams are asked without a login.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: the file that it names is not there, or is none of logins.</exception>
    public static UpstreamLogins? Take(ref string[] args)
    {
        if (ServeArguments.Take(ref args, Option) is not { } said)
        {
            return null;
        }

        string folder = Environment.CurrentDirectory;
        string path = said == Own ? DockerConfig.PathOf(Environment.GetEnvironmentVariable, folder) : System.IO.Path.GetFullPath(said, folder);
        if (said != Own && !File.Exists(path))
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"slipway serve {Option}: there is no file {path}", $"Make it as docker does: DOCKER_CONFIG=FOLDER slipway login REGISTRY, or say {Option} {Own}");
        }

        try
        {
            DockerConfig.ReadFile(path);
            return new UpstreamLogins(path);
        }
        catch (ApiException fault)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"slipway serve {Option}: {fault.Message}", fault.Problem.Hint, fault);
        }
    }

    /// <summary>Who the cache is to an upstream; null: nobody.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Unavailable"/>: what is kept cannot be read; the log says why.</exception>
    public async ValueTask<RegistryCredential?> FindAsync(Uri upstream, CancellationToken cancellationToken)
    {
        string registry = RegistryEndpoint.IsDockerHub(upstream) ? ImageReference.DefaultDomain : upstream.Authority;
        try
        {
            RegistryAccount? account = await DockerConfig.ReadFile(Path).FindAsync(registry, cancellationToken);
            return account is null ? null : new(account.User, account.Password);
        }
        catch (ApiException fault)
        {
            // Clients of the cache need not know where this server keeps what.
            ServerLog.Write($"registry: the login for {registry} cannot be read: {fault.Message}");
            throw new SlipwayException(ErrorKind.Unavailable, $"the login for the upstream {registry} cannot be read", "The server's log says why.", fault);
        }
    }
}
