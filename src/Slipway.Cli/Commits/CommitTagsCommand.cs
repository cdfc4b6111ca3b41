using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Commits;

internal sealed class CommitTagsCommand : CliCommand
{
    private readonly Argument<string> repo = Declare.Required("REPO", "Its name");
    private readonly Option<string?> limit = Declare.Text("--limit", "-n", "NUMBER", "So many at most");
    private readonly Option<string?> after = Declare.Text("--after", null, "NAME", "What follows this name: the next page");
    private readonly Option<bool> quiet = Declare.Quiet("names");
    private readonly Option<string?> format = Declare.Output();

    public CommitTagsCommand()
        : base("tags", "List the tags of a repo")
    {
        Add(repo);
        Add(limit);
        Add(after);
        Add(quiet);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway commit tags training", "Each tag and the commit that it names")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        IReadOnlyList<TagInfo> tags = await context.Client
            .ListTagsAsync(parsed.GetValue(repo)!, parsed.GetValue(after), Values.WholeNumberOrNull(parsed.GetValue(limit), "--limit"), cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, tags, ApiJson.Default.IReadOnlyListTagInfo);
            return ExitCodes.Success;
        }

        Table table = new("TAG", "COMMIT", "CREATED", "BY", "MESSAGE");
        foreach (TagInfo tag in tags)
        {
            if (parsed.GetValue(quiet))
            {
                context.Out.WriteLine(tag.Name);
            }
            else
            {
                table.Add(tag.Name, tag.Commit, Format.Ago(tag.Created, context.Time.GetUtcNow()), tag.Author, tag.Message);
            }
        }

        if (!parsed.GetValue(quiet))
        {
            table.Write(context);
        }

        return ExitCodes.Success;
    }
}
