using System.CommandLine;
using System.Globalization;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Branches;

/// <summary>A trigger as options say it, and as a listing shows it.</summary>
internal sealed class TriggerOptions
{
    private readonly Option<string?> on = Declare.Text("--trigger", null, "BRANCH", "Let the branch move to the head of this one, when a condition below holds");
    private readonly Option<string?> commits = Declare.Text("--commits", null, "NUMBER", "… when so many commits are new");
    private readonly Option<string?> size = Declare.Text("--size", null, "BYTES", "… when so much was added or changed: 500m, 1g");
    private readonly Option<string?> every = Declare.Text("--every", null, "TIME", "… when it moved so long ago: 30m, 24h, 7d");
    private readonly Option<string?> cron = Declare.Text("--cron", null, "SCHEDULE", "… when such a time has come, in UTC: '0 2 * * *'");
    private readonly Option<bool> all = Declare.Flag("--all", null, "All conditions at once, where any is enough otherwise");

    public void AddTo(CliCommand command)
    {
        command.Add(on);
        command.Add(commits);
        command.Add(size);
        command.Add(every);
        command.Add(cron);
        command.Add(all);
    }

    public TriggerInfo? Read(ParseResult parsed)
    {
        bool conditions = new[] { commits, size, every, cron }.Any(option => parsed.GetValue(option) is not null);
        if (parsed.GetValue(on) is not { } branch)
        {
            return conditions ? throw new CliException("a condition needs the branch that it is about", "for example: --trigger master --commits 10", usage: true) : null;
        }

        return new TriggerInfo(
            branch,
            Values.WholeNumberOrNull(parsed.GetValue(commits), "--commits"),
            parsed.GetValue(size) is { } bytes ? Values.Bytes(bytes, "--size") : null,
            parsed.GetValue(every) is { } time ? Values.Duration(time, "--every").TotalSeconds : null,
            parsed.GetValue(cron),
            parsed.GetValue(all));
    }

    /// <summary>"master, 10 commits or 1.00 GiB".</summary>
    public static string Text(TriggerInfo trigger)
    {
        List<string> conditions = [];
        if (trigger.Commits is { } number)
        {
            conditions.Add(Format.Count(number, "commit"));
        }

        if (trigger.Size is { } bytes)
        {
            conditions.Add(Format.Bytes(bytes));
        }

        if (trigger.EverySeconds is { } seconds)
        {
            conditions.Add(string.Create(CultureInfo.InvariantCulture, $"every {Format.Span(TimeSpan.FromSeconds(seconds))}"));
        }

        if (trigger.Cron is { } schedule)
        {
            conditions.Add(schedule);
        }

        return $"{trigger.On}: {string.Join(trigger.All ? " and " : " or ", conditions)}";
    }
}
