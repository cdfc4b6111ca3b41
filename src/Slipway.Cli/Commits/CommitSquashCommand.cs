using System.CommandLine;
using System.Globalization;
using Slipway.Api;
using Slipway.Cli.Branches;
using Slipway.Cli.Data;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Commits;

internal sealed class CommitSquashCommand : CliCommand
{
    private readonly Argument<string> branch = Declare.Required("REPO@BRANCH", "The branch");
    private readonly Option<string?> last = Declare.Text("--last", "-n", "NUMBER", "So many of its last commits");
    private readonly Option<string?> since = Declare.Text("--since", null, "REVISION", "All after this commit, which stays");
    private readonly Option<string?> message = Declare.Text("--message", "-m", "TEXT", "For the new commit (default: the messages of the old)");
    private readonly Option<string?> format = Declare.Output();

    public CommitSquashCommand()
        : base("squash", "Make one commit of the last ones of a branch")
    {
        Add(branch);
        Add(last);
        Add(since);
        Add(message);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway commit squash images@master -n 10", "The files stay as they are; nine commits go")];

    public override string Remarks => "Without -n and --since the whole history becomes one commit. An old commit that a tag, a branch or a pipeline's output needs stays under its id.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        DataAddress address = DataAddress.Parse(parsed.GetValue(branch)!);
        int? number = Values.WholeNumberOrNull(parsed.GetValue(last), "--last");
        if (number is not null && parsed.GetValue(since) is not null)
        {
            throw new CliException("--last and --since exclude each other", "choose one", usage: true);
        }

        string? from = number is { } count ? string.Create(CultureInfo.InvariantCulture, $"{address.Commit}~{count}")
            : parsed.GetValue(since) is { } text ? Revision.Of(text, address.Repo) : null;
        bool json = Declare.IsJson(parsed.GetValue(format));
        SquashRequest request = new(address.Commit, from, parsed.GetValue(message), Author.Of(context));
        SquashInfo squash = await context.Client.SquashCommitsAsync(request, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, squash, ApiJson.Default.SquashInfo);
            return ExitCodes.Success;
        }

        context.Out.WriteLine($"{squash.Commit.Repo}@{squash.Commit.GlobalId}  {Format.Count(squash.Removed.Count, "commit")} removed, {squash.Kept.Count} kept");
        foreach (string kept in squash.Kept)
        {
            context.Out.WriteLine($"kept {kept}");
        }

        return ExitCodes.Success;
    }
}
