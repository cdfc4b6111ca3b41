using Slipway.Cli.Data;

namespace Slipway.Cli.Branches;

/// <summary>A revision as an option gives it: "repo@revision", or the revision alone where the repo is clear.</summary>
internal static class Revision
{
    /// <summary>"repo@revision" as the API takes it.</summary>
    public static string Of(string text, string repo) => text.Contains('@', StringComparison.Ordinal) ? DataAddress.Parse(text).Commit : $"{repo}@{text}";
}
