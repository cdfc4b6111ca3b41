using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.DataProjects;

internal sealed class DataProjectListCommand : CliCommand
{
    private readonly Option<string?> format = Declare.Output();

    public DataProjectListCommand()
        : base("ls", "List projects") => Add(format);

    public override IReadOnlyList<Example> Examples => [new("slipway project ls", "Projects that were made, and which of them are encrypted or locked")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        IReadOnlyList<DataProjectInfo> projects = await context.Client.ListDataProjectsAsync(cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, projects, ApiJson.Default.IReadOnlyListDataProjectInfo);
            return ExitCodes.Success;
        }

        Table table = new("PROJECT", "CREATED", "CONTENT", "DESCRIPTION");
        foreach (DataProjectInfo project in projects)
        {
            table.Add(project.Name, Format.Ago(project.Created, context.Time.GetUtcNow()), ContentOf(project), project.Description ?? "");
        }

        table.Write(context);
        return ExitCodes.Success;
    }

    public static string ContentOf(DataProjectInfo project) => !project.Encrypted ? "plain" : project.Locked is null ? "encrypted" : "encrypted, locked";
}
