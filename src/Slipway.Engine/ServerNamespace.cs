using Slipway.Content;

namespace Slipway.Engine;

/// <summary>The private mount namespace that the server lives in. Surface only for now; the body follows.</summary>
public static class ServerNamespace
{
    /// <summary>
    /// Call it first in <c>slipway serve</c>, before anything starts a thread of its own. Where the process is not yet in its own mount
    /// namespace it makes one and executes itself again with the same arguments (it does not return then); in the second round it returns.
    /// Without root it returns null-op with a reason in the result.
    /// </summary>
    public static void EnterOrContinue(IReadOnlyList<string> arguments) => throw new SlipwayException(ErrorKind.Internal, "the server's namespace is being written");
}
