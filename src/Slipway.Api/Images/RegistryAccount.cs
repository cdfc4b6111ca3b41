namespace Slipway.Api;

/// <summary>Who we are to a registry.</summary>
/// <param name="User">A name, or <see cref="IdentityTokenUser"/>.</param>
/// <param name="Password">Or an identity token. In no log and no message.</param>
public sealed record RegistryAccount(string User, string Password)
{
    /// <summary>
    /// What stands for a name where the password is an identity token: a refresh token that the registry's server of tokens takes (the word is the credential helpers').
    /// </summary>
    public const string IdentityTokenUser = "<token>";

    /// <inheritdoc/>
    public override string ToString() => User;
}
