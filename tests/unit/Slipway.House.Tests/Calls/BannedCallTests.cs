namespace Slipway.House.Calls;

/// <summary>No source makes a call that the house forbids where it stands.</summary>
public sealed class BannedCallTests
{
    public static TheoryData<string> SourceRules => [.. BannedCalls.InSources.Select(rule => rule.Name)];

    public static TheoryData<string> TestRules => [.. BannedCalls.InTests.Select(rule => rule.Name)];

    [Theory]
    [MemberData(nameof(SourceRules))]
    public void Sources_do_not_use(string name) => Check(BannedCalls.InSources.Single(rule => rule.Name == name), "src");

    [Theory]
    [MemberData(nameof(TestRules))]
    public void Tests_do_not_use(string name) => Check(BannedCalls.InTests.Single(rule => rule.Name == name), "tests");

    private static void Check(BannedCall rule, string folder)
    {
        SourceFile example = new((rule.Within.Length > 0 ? rule.Within : "src/Slipway.Nowhere/") + "Example.cs", rule.Example);
        Assert.True(rule.FindIn(example).Any(), $"the rule '{rule.Name}' does not catch its own example");

        string[] found = [.. Repository.Sources(folder).SelectMany(rule.FindIn)];
        Assert.True(found.Length == 0, $"{rule.Name}: {rule.Reason}.\n  {string.Join("\n  ", found)}");
    }
}
