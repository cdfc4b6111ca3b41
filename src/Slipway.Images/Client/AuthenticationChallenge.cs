using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Slipway.Images.Client;

/// <summary>What a registry that refuses wants to see: a password, or a token that another server gives (Docker's token authentication specification).</summary>
/// <param name="Realm">Where the token is to be had; null for a password.</param>
/// <param name="Scopes">What the token is to be asked for.</param>
/// <param name="Error">What is wrong with the proof that came: <c>invalid_token</c>, <c>insufficient_scope</c>.</param>
internal sealed partial record AuthenticationChallenge(Uri? Realm, string? Service, IReadOnlyList<string> Scopes, string? Error)
{
    private const int MostScopes = 8;

    /// <summary>Whether the proof is good, but for other things than what was asked.</summary>
    public bool IsOfScope => Error == "insufficient_scope";

    /// <summary>The challenge of an answer, or null where it has none that is known.</summary>
    public static AuthenticationChallenge? Find(HttpHeaderValueCollection<AuthenticationHeaderValue> challenges) =>
        challenges.Where(challenge => Is(challenge, "Bearer")).Select(challenge => ForToken(challenge.Parameter ?? "")).FirstOrDefault(challenge => challenge is not null)
        ?? (challenges.Any(challenge => Is(challenge, "Basic")) ? new(null, null, [], null) : null);

    /// <summary>What a token is asked for, as the fields of a form.</summary>
    public IEnumerable<KeyValuePair<string, string>> Fields(IEnumerable<string> scopes) =>
        [.. Service is null ? [] : (KeyValuePair<string, string>[])[new("service", Service)], .. scopes.Select(scope => new KeyValuePair<string, string>("scope", scope))];

    /// <summary>The address that gives a token for scopes.</summary>
    public Uri TokenAddress(IEnumerable<string> scopes)
    {
        string query = string.Join('&', Fields(scopes).Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"));
        return query.Length == 0 ? Realm! : new Uri($"{Realm!.GetLeftPart(UriPartial.Query)}{(Realm.Query.Length > 0 ? "&" : "?")}{query}");
    }

    private static bool Is(AuthenticationHeaderValue challenge, string scheme) => challenge.Scheme.Equals(scheme, StringComparison.OrdinalIgnoreCase);

    private static AuthenticationChallenge? ForToken(string text)
    {
        Dictionary<string, string> parameters = new(StringComparer.OrdinalIgnoreCase);
        foreach (Match match in Parameter().Matches(text))
        {
            parameters[match.Groups["name"].Value] = match.Groups["quoted"].Success ? Escape().Replace(match.Groups["quoted"].Value, "$1") : match.Groups["bare"].Value;
        }

        string[] scopes = (parameters.GetValueOrDefault("scope") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Uri.TryCreate(parameters.GetValueOrDefault("realm"), UriKind.Absolute, out Uri? realm) && realm.Scheme is "http" or "https"
            ? new(realm, parameters.GetValueOrDefault("service"), scopes.Length <= MostScopes ? scopes : [], parameters.GetValueOrDefault("error"))
            : null;
    }

    [GeneratedRegex("""(?<name>[A-Za-z_]+)\s*=\s*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>[^\s",]+))""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\\(.)", RegexOptions.CultureInvariant)]
    private static partial Regex Escape();
}
