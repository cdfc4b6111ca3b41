using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Data;

internal sealed class FileRemoveCommand : CliCommand
{
    private readonly Argument<string[]> files = Declare.Many("REPO@BRANCH:/PATH", "Files or folders");
    private readonly Option<string?> message = Declare.Text("--message", "-m", "TEXT", "Why, for the history");

    public FileRemoveCommand()
        : base("rm", "Remove files or folders from a repo, each as a commit; older commits keep them")
    {
        Add(files);
        Add(message);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway file rm attributes@master:/test2.csv", "The results that came from it go, too")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        foreach (string file in parsed.GetValue(files)!)
        {
            DataAddress address = DataAddress.Parse(file);
            if (address.Path is null)
            {
                throw new CliException($"'{file}' names no path", $"for everything write {address.WithPath("/").ToFile()}", usage: true);
            }

            PutResult result = await context.Client.DeleteFileAsync(address.ToFile(), new PutOptions(parsed.GetValue(message), Author.Of(context)), cancellationToken).ConfigureAwait(false);
            context.Out.WriteLine($"{result.Commit.Repo}@{result.Commit.GlobalId}  removed {address.Path}");
        }

        return ExitCodes.Success;
    }
}
