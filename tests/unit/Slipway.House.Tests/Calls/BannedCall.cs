using System.Text.RegularExpressions;

namespace Slipway.House.Calls;

/// <summary>
/// A call that the house forbids outside a few places, with the reason that a person reads when the test fails.
/// <paramref name="Example"/> is code that the rule must catch, so that a rule which can never fire is found.
/// <paramref name="Allowed"/> are path beginnings below the root where the call is right.
/// </summary>
internal sealed record BannedCall(string Name, string Pattern, string Reason, string Example, params string[] Allowed)
{
    /// <summary>The beginning of the paths that the rule is about; empty: all.</summary>
    public string Within { get; init; } = "";

    /// <summary>Each place in a file that breaks the rule, as <c>path:line</c>.</summary>
    public IEnumerable<string> FindIn(SourceFile file)
    {
        if (!file.Path.StartsWith(Within, StringComparison.Ordinal) || Allowed.Any(start => file.Path.StartsWith(start, StringComparison.Ordinal)))
        {
            yield break;
        }

        foreach (Match match in Regex.Matches(file.Code, Pattern, RegexOptions.CultureInvariant))
        {
            yield return $"{file.Path}:{file.LineOf(match.Index)}";
        }
    }
}
