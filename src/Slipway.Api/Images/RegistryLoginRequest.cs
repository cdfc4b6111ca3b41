namespace Slipway.Api;

/// <summary>Who to try at a registry.</summary>
/// <param name="Password">In no log and no message.</param>
public sealed record RegistryLoginRequest(string Registry, string User, string Password, bool PlainHttp = false)
{
    /// <inheritdoc/>
    public override string ToString() => $"{User} at {Registry}";
}
