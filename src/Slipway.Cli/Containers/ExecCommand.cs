using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Containers;

internal sealed class ExecCommand : CliCommand
{
    private readonly Argument<string> container = Declare.Required("CONTAINER", "Its name or the beginning of its id");
    private readonly Argument<string[]> command = Declare.Rest("COMMAND", "What to run", required: true);
    private readonly Option<bool> interactive = Declare.Flag("--interactive", "-i", "Pass stdin on");
    private readonly Option<bool> tty = Declare.Flag("--tty", "-t", "Give it a terminal");
    private readonly Option<string[]?> env = Declare.Texts("--env", "-e", "NAME=VALUE", "Set a variable; NAME alone passes yours on");
    private readonly Option<string[]?> envFile = Declare.Texts("--env-file", null, "FILE", "Read variables, one a line");
    private readonly Option<string?> workdir = Declare.Text("--workdir", "-w", "FOLDER", "Where the command starts");
    private readonly Option<string?> user = Declare.Text("--user", "-u", "USER[:GROUP]", "By name or number");

    public ExecCommand()
        : base("exec", "Run a command in a running container")
    {
        Add(container);
        Add(command);
        foreach (Option option in (ReadOnlySpan<Option>)[interactive, tty, env, envFile, workdir, user])
        {
            Add(option);
        }
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway exec -it web bash", "A shell in the container web"),
        new("slipway exec web cat /etc/hostname", "One command; the exit code is its own"),
    ];

    public override int FailureCode => ExitCodes.ContainerFailed;

    public override int UsageCode => ExitCodes.ContainerFailed;

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool terminal = parsed.GetValue(tty);
        bool input = parsed.GetValue(interactive);
        if (terminal && input && !context.Terminal.Input)
        {
            throw new CliException("-t needs a terminal, and stdin is none", "leave -t away where the input is piped", usage: true);
        }

        ExecRequest request = new()
        {
            Command = parsed.GetValue(command)!,
            Environment = EnvironmentOption.Read(parsed.GetValue(env) ?? [], parsed.GetValue(envFile) ?? [], context.Environment, context.Resolve),
            WorkingDirectory = parsed.GetValue(workdir),
            User = parsed.GetValue(user),
            Tty = terminal,
            OpenStdin = input,
            TerminalSize = terminal ? SessionTerminal.Size : null,
        };
        using ContainerSession session = await context.Client.ExecAsync(parsed.GetValue(container)!, request, cancellationToken).ConfigureAwait(false);
        return new SessionPump(session, context, terminal, input).Run();
    }
}
