using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.DataProjects;

internal sealed class DataProjectRotateCommand : CliCommand
{
    private readonly Argument<string> name = Declare.Required("PROJECT", "Its name");
    private readonly Option<string?> format = Declare.Output();

    public DataProjectRotateCommand()
        : base("rotate", "Seal new data of a project with a new key")
    {
        Add(name);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway project rotate clinic", "What is there stays as it is, and readable")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        DataProjectInfo project = await context.Client.RotateDataKeyAsync(parsed.GetValue(name)!, cancellationToken).ConfigureAwait(false);
        DataProjectInspectCommand.Write(context, project, json);
        return ExitCodes.Success;
    }
}
