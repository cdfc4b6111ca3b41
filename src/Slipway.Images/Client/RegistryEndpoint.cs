using System.Net;

namespace Slipway.Images.Client;

/// <summary>Where the registry of a reference's domain answers.</summary>
public static class RegistryEndpoint
{
    private const string DockerHub = "registry-1.docker.io";

    /// <summary>Whether an address is one of Docker Hub's.</summary>
    public static bool IsDockerHub(Uri address) => address.Host is "docker.io" or "index.docker.io" or DockerHub;

    /// <summary>The address of a registry.</summary>
    public static Uri Of(string domain, bool plainHttp) => new($"{(plainHttp ? "http" : "https")}://{(domain == ImageReference.DefaultDomain ? DockerHub : domain)}/");

    /// <summary>Whether a host, by name or number, is this machine itself.</summary>
    public static bool IsHere(string host) => host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));
}
