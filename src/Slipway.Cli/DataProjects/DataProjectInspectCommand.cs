using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.DataProjects;

internal sealed class DataProjectInspectCommand : CliCommand
{
    private readonly Argument<string> name = Declare.Required("PROJECT", "Its name");
    private readonly Option<string?> format = Declare.Output();

    public DataProjectInspectCommand()
        : base("inspect", "Show a project and its keys")
    {
        Add(name);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway project inspect clinic", "Whether it is encrypted or locked, and the ids of its keys")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        DataProjectInfo project = await context.Client.InspectDataProjectAsync(parsed.GetValue(name)!, cancellationToken).ConfigureAwait(false);
        Write(context, project, json);
        return ExitCodes.Success;
    }

    public static void Write(CommandContext context, DataProjectInfo project, bool json)
    {
        if (json)
        {
            JsonOutput.Write(context, project, ApiJson.Default.DataProjectInfo);
            return;
        }

        Facts facts = new();
        facts.Add("project", project.Name);
        facts.Add("description", project.Description);
        facts.Add("created", Format.Time(project.Created));
        facts.Add("content", DataProjectListCommand.ContentOf(project));
        facts.Add("locked", project.Locked);
        facts.Add("master key", project.MasterKey);
        foreach (DataKeyInfo key in project.DataKeys ?? [])
        {
            facts.Add("data key", $"{key.Id}  {Format.Time(key.Created)}");
        }

        facts.Write(context.Out);
    }
}
