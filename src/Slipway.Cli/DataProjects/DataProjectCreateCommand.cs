using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.DataProjects;

internal sealed class DataProjectCreateCommand : CliCommand
{
    private readonly Argument<string> name = Declare.Required("PROJECT", "Its name: what stands before the slash in the names of its repos");
    private readonly Option<string?> description = Declare.Text("--description", "-d", "TEXT", "What it holds");
    private readonly Option<bool> encrypt = Declare.Flag("--encrypt", null, "Seal its content on the disk");

    public DataProjectCreateCommand()
        : base("create", "Make a project for repos, encrypted or not")
    {
        Add(name);
        Add(description);
        Add(encrypt);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway project create clinic --encrypt", "Then: slipway repo create clinic/scans"),
        new("SLIPWAY_MASTER_KEY_FILE=$PWD/master.key slipway serve", "The server that it needs; openssl rand -hex 32 > master.key makes a key. Without it, data is lost"),
    ];

    public override string Remarks => """
        Whether a project is encrypted is chosen here and never changes. The server takes its master key when it starts, from the file that
        SLIPWAY_MASTER_KEY_FILE names, from what SLIPWAY_MASTER_KEY_COMMAND prints, or from SLIPWAY_MASTER_KEY: 32 bytes, as they are, in hex or in base64.
        """;

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        CreateDataProjectRequest request = new(parsed.GetValue(name)!, parsed.GetValue(description), parsed.GetValue(encrypt));
        DataProjectInfo project = await context.Client.CreateDataProjectAsync(request, cancellationToken).ConfigureAwait(false);
        context.Out.WriteLine(project.Name);
        return ExitCodes.Success;
    }
}
