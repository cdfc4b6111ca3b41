using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Data;

internal sealed class RepoListCommand : CliCommand
{
    private readonly Option<string?> limit = Declare.Text("--limit", "-n", "NUMBER", "So many at most");
    private readonly Option<string?> after = Declare.Text("--after", null, "NAME", "What follows this name: the next page");
    private readonly Option<bool> quiet = Declare.Quiet("names");
    private readonly Option<string?> format = Declare.Output();

    public RepoListCommand(string name)
        : base(name, "List repos")
    {
        Add(limit);
        Add(after);
        Add(quiet);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway repo ls", "Repos of people, and those that pipelines write")];

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken) =>
        WriteAsync(
            context,
            Declare.IsJson(parsed.GetValue(format)),
            parsed.GetValue(quiet),
            parsed.GetValue(after),
            Values.WholeNumberOrNull(parsed.GetValue(limit), "--limit"),
            cancellationToken);

    public static async Task<int> WriteAsync(CommandContext context, bool json, bool quiet, string? after, int? limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<RepoInfo> repos = await context.Client.ListReposAsync(after, limit, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, repos, ApiJson.Default.IReadOnlyListRepoInfo);
            return ExitCodes.Success;
        }

        Table table = new("REPO", "SIZE", "CREATED", "WRITTEN BY", "DESCRIPTION");
        foreach (RepoInfo repo in repos)
        {
            if (quiet)
            {
                context.Out.WriteLine(repo.Name);
            }
            else
            {
                table.Add(repo.Name, Format.Bytes(repo.Size), Format.Ago(repo.Created, context.Time.GetUtcNow()), repo.Pipeline is null ? "people" : $"pipeline {repo.Pipeline}", repo.Description ?? "");
            }
        }

        if (!quiet)
        {
            table.Write(context);
        }

        return ExitCodes.Success;
    }
}
