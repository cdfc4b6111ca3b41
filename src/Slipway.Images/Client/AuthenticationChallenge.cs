using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Slipway.Images.Client;

/// <summary>What a registry that refuses wants to see: a password, or a token that another server gives (Docker's token authentication specification).</summary>
/// <param name="Realm">Where the token is to be had; null for a password.</param>
internal sealed partial record AuthenticationChallenge(Uri? Realm, string? Service)
{
    /// <summary>The challenge of an answer, or null where it has none that is known.</summary>
    public static AuthenticationChallenge? Find(HttpHeaderValueCollection<AuthenticationHeaderValue> challenges)
    {
        if (challenges.FirstOrDefault(challenge => challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) is { Parameter: { } text })
        {
            Dictionary<string, string> parameters = [];
            foreach (Match match in Parameter().Matches(text))
            {
                parameters[match.Groups[1].Value.ToLowerInvariant()] = match.Groups[2].Value;
            }

            return Uri.TryCreate(parameters.GetValueOrDefault("realm"), UriKind.Absolute, out Uri? realm) && realm.Scheme is "http" or "https"
                ? new(realm, parameters.GetValueOrDefault("service"))
                : null;
        }

        return challenges.Any(challenge => challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) ? new(null, null) : null;
    }

    /// <summary>The address that gives a token for a scope; empty: for none.</summary>
    public Uri TokenAddress(string scope)
    {
        string query = string.Join('&', new[] { Service is null ? "" : $"service={Uri.EscapeDataString(Service)}", scope.Length == 0 ? "" : $"scope={Uri.EscapeDataString(scope)}" }.Where(part => part.Length > 0));
        return new Uri(Realm!.AbsoluteUri + (Realm.Query.Length > 0 ? "&" : "?") + query);
    }

    [GeneratedRegex("""([A-Za-z_]+)="([^"]*)""", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();
}
