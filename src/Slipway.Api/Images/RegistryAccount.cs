namespace Slipway.Api;

/// <summary>Who we are to a registry.</summary>
/// <param name="Password">In no log and no message.</param>
public sealed record RegistryAccount(string User, string Password)
{
    /// <inheritdoc/>
    public override string ToString() => User;
}
