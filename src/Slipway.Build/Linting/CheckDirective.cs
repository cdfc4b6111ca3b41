using System.Collections.Immutable;
using Slipway.Build.Dockerfiles;

namespace Slipway.Build.Linting;

/// <summary>The directive <c># check=skip=Rule,…;error=true;experimental=…</c> at the top of a Dockerfile.</summary>
/// <param name="Skipped">Rules that are not looked at, or "all".</param>
/// <param name="IsError">A finding makes the build fail.</param>
/// <param name="Experimental">Experimental rules that are looked at, or "all".</param>
public sealed record CheckDirective(ImmutableArray<string> Skipped, bool IsError, ImmutableArray<string> Experimental)
{
    public static CheckDirective Of(ImmutableArray<string> lines)
    {
        CheckDirective directive = new([], false, []);
        foreach (string line in lines.TakeWhile(line => line.TrimStart().StartsWith('#')))
        {
            string[] parts = line.TrimStart()[1..].Split('=', 2);
            if (parts.Length == 2 && string.Equals(parts[0].Trim(), "check", StringComparison.OrdinalIgnoreCase))
            {
                directive = parts[1].Split(';').Aggregate(directive, With);
            }
        }

        return directive;
    }

    public bool Looks(string rule, bool isExperimental) => isExperimental ? Has(Experimental, rule) : !Has(Skipped, rule);

    private static bool Has(ImmutableArray<string> rules, string rule) => rules.Any(name => string.Equals(name, rule, StringComparison.OrdinalIgnoreCase) || name == "all");

    private static CheckDirective With(CheckDirective directive, string field)
    {
        string[] parts = field.Split('=', 2);
        string value = parts.Length > 1 ? parts[1].Trim() : "";
        ImmutableArray<string> rules = [.. value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        return parts[0].Trim().ToLowerInvariant() switch
        {
            "skip" => directive with { Skipped = rules },
            "error" => directive with { IsError = value is "true" or "1" },
            "experimental" => directive with { Experimental = rules },
            _ => directive,
        };
    }
}
