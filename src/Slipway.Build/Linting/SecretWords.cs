using System.Text.RegularExpressions;

namespace Slipway.Build.Linting;

/// <summary>Whether the name of a variable says that its value is a secret (BuildKit's rule SecretsUsedInArgOrEnv).</summary>
internal static partial class SecretWords
{
    public static bool AreIn(string name) => SecretName().IsMatch(name) && !PublicName().IsMatch(name);

    [GeneratedRegex("(?:_|^)(?:apikey|auth|credential|credentials|key|password|pword|passwd|secret|token)(?:_|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    [GeneratedRegex("(?:_|^)public(?:_|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PublicName();
}
