using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Merging;

/// <summary>The options that merge and revert share, and how the end of either is told.</summary>
internal sealed class MergeChoices
{
    private readonly Option<bool> ours = Declare.Flag("--ours", null, "Where both sides changed a path, keep the branch's version");
    private readonly Option<bool> theirs = Declare.Flag("--theirs", null, "Where both sides changed a path, take the other version");
    private readonly Option<string?> message = Declare.Text("--message", "-m", "TEXT", "Why, for the history");
    private readonly Option<string?> format = Declare.Output();

    public void AddTo(CliCommand command)
    {
        command.Add(ours);
        command.Add(theirs);
        command.Add(message);
        command.Add(format);
    }

    public string? Message(ParseResult parsed) => parsed.GetValue(message);

    public string? Favor(ParseResult parsed) => (parsed.GetValue(ours), parsed.GetValue(theirs)) switch
    {
        (true, true) => throw new CliException("--ours and --theirs exclude each other", "choose one", usage: true),
        (true, _) => "ours",
        (_, true) => "theirs",
        _ => null,
    };

    public int Show(ParseResult parsed, CommandContext context, MergeInfo merge, string where)
    {
        int code = merge.Outcome == MergeOutcome.Conflicted ? ExitCodes.Failure : ExitCodes.Success;
        if (Declare.IsJson(parsed.GetValue(format)))
        {
            JsonOutput.Write(context, merge, ApiJson.Default.MergeInfo);
            return code;
        }

        if (merge.Outcome != MergeOutcome.Conflicted)
        {
            string head = merge.Head is { } commit ? $"{commit.Repo}@{commit.GlobalId}" : where;
            string done = merge.Outcome switch { MergeOutcome.UpToDate => "nothing to do", MergeOutcome.FastForwarded => "moved forward", _ => Format.Bytes(merge.Head!.Size) };
            context.Out.WriteLine($"{head}  {done}");
            return code;
        }

        Table table = new("CONFLICT", "BASE", "OURS", "THEIRS");
        foreach (ConflictInfo conflict in merge.Conflicts ?? [])
        {
            table.Add(conflict.Path, Side(conflict.Base), Side(conflict.Ours), Side(conflict.Theirs));
        }

        table.Write(context);
        context.Out.Flush();
        context.Error.WriteLine($"error: both sides changed {merge.Conflicts?.Count} {(merge.Conflicts?.Count == 1 ? "path" : "paths")}, so nothing was changed");
        context.Error.WriteLine("hint: make one side agree with the other, or choose a side for all: --ours, --theirs");
        return code;
    }

    private static string Side(FileEntry? entry) => entry is null ? "-" : $"{Format.ShortId(entry.Digest)}{(entry.Kind == FileKind.Directory ? "/" : "")}";
}
