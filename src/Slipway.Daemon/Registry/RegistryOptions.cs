using Slipway.Content;
using Slipway.Daemon.Registry.Access;
using Slipway.Daemon.Registry.Proxying;

namespace Slipway.Daemon.Registry;

/// <summary>What the command line says of the registry.</summary>
internal sealed record RegistryOptions(AnonymousAccess Anonymous, ProxyOptions Proxy)
{
    /// <summary>Whether the command line says nothing of it.</summary>
    public bool IsDefault => Anonymous == AnonymousAccess.Local && Proxy.Upstreams.IsEmpty;

    /// <summary>Takes its options out of a command line.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: one is malformed.</exception>
    public static RegistryOptions Take(ref string[] args) => new(AnonymousOption.Take(ref args), ProxyOptions.Take(ref args));
}
