using System.Globalization;
using Slipway.Api;
using Slipway.Cli.Output;

namespace Slipway.Cli.Maintenance;

/// <summary>Rules in words.</summary>
internal static class RetentionText
{
    /// <summary>"the last 10 commits, and those of 30 days".</summary>
    public static string Keeps(RetentionInfo rule) => (rule.Last, rule.Days) switch
    {
        ({ } last, { } days) => string.Create(CultureInfo.InvariantCulture, $"the last {Format.Count(last, "commit")}, and those of {Format.Count(days, "day")}"),
        ({ } last, _) => $"the last {Format.Count(last, "commit")}",
        (_, { } days) => $"the commits of {Format.Count(days, "day")}",
        _ => "everything",
    };

    /// <summary>The rule, and what goes next.</summary>
    public static void Write(CommandContext context, RetentionInfo rule)
    {
        context.Out.WriteLine($"{rule.Repo}@{rule.Branch} keeps the files of {Keeps(rule)}");
        foreach (string commit in rule.Going ?? [])
        {
            context.Out.WriteLine($"  goes next: {commit}");
        }
    }
}
