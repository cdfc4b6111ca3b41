using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Registries;

namespace Slipway.Cli.Containers;

internal sealed class RunCommand : CliCommand
{
    private readonly Argument<string> image = Declare.Required("IMAGE", "The image's name or digest");
    private readonly Argument<string[]> command = Declare.Rest("COMMAND", "What to run; default: the image's CMD", required: false);
    private readonly ContainerOptions options = new();
    private readonly Option<bool> interactive = Declare.Flag("--interactive", "-i", "Pass stdin on");
    private readonly Option<bool> tty = Declare.Flag("--tty", "-t", "Give it a terminal");
    private readonly Option<bool> remove = Declare.Flag("--rm", null, "Remove it when it ends");
    private readonly Option<string?> pull = Declare.Text("--pull", null, ImagePresence.Policies, "When to ask the image's registry (missing)");
    private readonly Option<bool> detach = Declare.Flag("--detach", "-d", "Leave it running and print its id");

    public RunCommand()
        : base("run", "Run a command in a new container")
    {
        Add(image);
        Add(command);
        Add(interactive);
        Add(tty);
        Add(remove);
        Add(detach);
        Add(pull);
        options.AddTo(this);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway run --rm python:3.11 python3 -c 'print(1 + 1)'", "Run one command and clean up"),
        new("slipway run --rm -it -v ./data:/data:ro python:3.11 bash", "A shell that sees a folder of yours"),
        new("slipway run -d --name web -e PORT=8080 --memory 512m app", "Leave it running; see slipway logs web"),
    ];

    public override string Remarks => "The exit code is the command's own; 125 when slipway fails, 126 when the command cannot be executed, 127 when there is none.";

    public override int FailureCode => ExitCodes.ContainerFailed;

    public override int UsageCode => ExitCodes.ContainerFailed;

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool terminal = parsed.GetValue(tty);
        bool input = parsed.GetValue(interactive);
        bool background = parsed.GetValue(detach);
        if (terminal && input && !background && !context.Terminal.Input)
        {
            throw new CliException("-t needs a terminal, and stdin is none", "leave -t away where the input is piped", usage: true);
        }

        CreateContainerRequest request = options.Read(parsed, context, parsed.GetValue(image)!, parsed.GetValue(command) ?? []) with
        {
            Tty = terminal,
            OpenStdin = input,
            AutoRemove = parsed.GetValue(remove),
            TerminalSize = terminal ? SessionTerminal.Size : null,
        };
        await ImagePresence.EnsureAsync(context, request.Image, parsed.GetValue(pull), cancellationToken).ConfigureAwait(false);
        if (background)
        {
            ContainerCreated created = await context.Client.CreateContainerAsync(request, start: true, cancellationToken).ConfigureAwait(false);
            ContainerWarnings.Write(created, context);
            context.Out.WriteLine(created.Id);
            return ExitCodes.Success;
        }

        using ContainerSession session = await context.Client.RunContainerAsync(request, cancellationToken).ConfigureAwait(false);
        return new SessionPump(session, context, terminal, input).Run();
    }
}
