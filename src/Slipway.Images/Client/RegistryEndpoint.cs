using System.Net;

namespace Slipway.Images.Client;

/// <summary>Where the registry of a reference's domain answers.</summary>
public static class RegistryEndpoint
{
    private const string DockerHub = "registry-1.docker.io";

    /// <summary>Whether an address is one of Docker Hub's.</summary>
    public static bool IsDockerHub(Uri address) => address.Host is "docker.io" or "index.docker.io" or DockerHub;

    /// <summary>The address, with TLS but for this machine itself, whose registries have none.</summary>
    /// <param name="plainHttp">Whether a registry of another machine is asked without TLS too.</param>
    public static Uri Of(string domain, bool plainHttp)
    {
        string authority = domain == ImageReference.DefaultDomain ? DockerHub : domain;
        Uri address = new($"https://{authority}/");
        bool isHere = address.Host == "localhost" || (IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));
        return plainHttp || isHere ? new Uri($"http://{authority}/") : address;
    }
}
