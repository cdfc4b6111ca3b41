using System.Collections.Immutable;

namespace Slipway.Engine;

/// <summary>Who a process in a container is.</summary>
/// <param name="Home">The home directory of /etc/passwd, <c>/</c> for who is not in it.</param>
internal sealed record ContainerUser(uint Uid, uint Gid, ImmutableArray<uint> AdditionalGids, string Home)
{
    public static ContainerUser Root { get; } = new(0, 0, [], "/root");
}
