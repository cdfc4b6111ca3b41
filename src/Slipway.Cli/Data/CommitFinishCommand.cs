using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Data;

internal sealed class CommitFinishCommand : CliCommand
{
    private readonly Argument<string[]> commits = Declare.Many("REPO@COMMIT", "Open commits; REPO@BRANCH where one is open there");
    private readonly Option<bool> wait = Declare.Flag("--wait", null, "Wait for all that the commit causes");

    public CommitFinishCommand()
        : base("finish", "Finish open commits, all at once: their branches move and pipelines begin")
    {
        Add(commits);
        Add(wait);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway commit finish images@master", "The one commit that is open on master"), new("slipway commit finish images@master labels@master", "Both or neither; a pipeline that reads both runs once")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        string[] all = [.. parsed.GetValue(commits)!.Select(static text => DataAddress.Parse(text).Commit)];
        IReadOnlyList<CommitInfo> finished = all.Length == 1
            ? [await context.Client.FinishCommitAsync(new FinishCommitRequest(all[0]), cancellationToken).ConfigureAwait(false)]
            : await context.Client.FinishCommitsAsync(new FinishCommitsRequest(all), cancellationToken).ConfigureAwait(false);
        foreach (CommitInfo commit in finished)
        {
            context.Out.WriteLine($"{commit.Repo}@{commit.GlobalId}  {Format.Bytes(commit.Size)}");
        }

        await context.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
        return parsed.GetValue(wait)
            ? JobsView.CodeOf(await new JobsView(context).WaitAsync(finished[0].GlobalId, cancellationToken).ConfigureAwait(false))
            : ExitCodes.Success;
    }
}
