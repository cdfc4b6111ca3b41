using System.CommandLine;
using Slipway.Cli.Options;

namespace Slipway.Cli.Servers;

/// <summary>Only its help: the executable opens the server itself, before the command line is looked at.</summary>
internal sealed class ServeCommand : CliCommand
{
    public ServeCommand()
        : base("serve", "Run the server in this terminal until Ctrl-C")
    {
        Add(Declare.Flag("--background", null, "As other commands start it: its output goes to a file"));
        Add(Declare.Text("--listen", null, "ADDRESS:PORT", "Also serve S3 and the API on TCP, for those who have an access key; as 127.0.0.1:9000"));
        Add(Declare.Text("--master-key-file", null, "PATH", "Holds the master key of encrypted projects (or SLIPWAY_MASTER_KEY_FILE)"));
        Add(Declare.Text("--master-key-command", null, "COMMAND", "Prints it (or SLIPWAY_MASTER_KEY_COMMAND)"));
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("SLIPWAY_HOME=/tmp/try slipway serve", "Serve from a folder of its own; other terminals set the same SLIPWAY_HOME"),
        new("slipway serve --listen 127.0.0.1:9000", "S3 clients use http://127.0.0.1:9000 and a key of slipway key create"),
    ];

    public override string Remarks => "Every other command starts the server by itself where none runs, so this is for watching it and for services.";

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken) =>
        throw new CliException("this build of the command line holds no server", "use the slipway executable");
}
