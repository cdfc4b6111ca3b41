namespace Slipway.Images.Client;

/// <summary>Who asks a registry. The password is in no log and no message.</summary>
/// <param name="User">A name; <c>&lt;token&gt;</c>, as docker's credential helpers have it: the password is an identity token, which gets us others from the server of tokens.</param>
public sealed record RegistryCredential(string User, string Password)
{
    /// <summary>Whether it is a refresh token of OAuth 2, and no password.</summary>
    public bool IsIdentityToken => User == "<token>";

    /// <inheritdoc/>
    public override string ToString() => IsIdentityToken ? "this identity token" : User;
}
