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
        Add(Declare.Text("--tls-cert", null, "FILE", "The TCP port's certificate and those above it, in PEM; read anew when replaced"));
        Add(Declare.Text("--tls-key", null, "FILE", "The certificate's key, in PEM and without a password"));
        Add(Declare.Text("--anonymous", null, "WHO", "Who uses the registry without a key: local (default; this machine does all), pull (anybody pulls), local,pull or none"));
        Add(Declare.Texts("--proxy", null, "[DOMAIN=]URL", "Be a cache of this registry, for names that begin with DOMAIN, or with none"));
        Add(Declare.Text("--proxy-logins", null, "docker|FILE", "Log in to these as docker's config.json of the server's own user says, or this file"));
        Add(Declare.Text("--proxy-keep", null, "DAYS", "What came from these goes so long after it was last asked for: 90 days by default, 0 keeps it"));
        Add(Declare.Text("--master-key-file", null, "PATH", "Holds the master key of encrypted projects (or SLIPWAY_MASTER_KEY_FILE)"));
        Add(Declare.Text("--master-key-command", null, "COMMAND", "Prints it (or SLIPWAY_MASTER_KEY_COMMAND)"));
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("SLIPWAY_HOME=/tmp/try slipway serve", "Serve from a folder of its own; other terminals set the same SLIPWAY_HOME"),
        new("slipway serve --listen 127.0.0.1:9000", "S3 clients use http://127.0.0.1:9000 and a key of slipway key create"),
        new("slipway serve --listen 0.0.0.0:443 --tls-cert fullchain.pem --tls-key privkey.pem", "A registry for others: docker login, docker push HOST/team/app:1"),
        new("slipway serve --listen 127.0.0.1:5000 --proxy https://registry-1.docker.io --proxy ghcr.io=https://ghcr.io", "docker pull localhost:5000/ghcr.io/org/app:1"),
    ];

    public override string Remarks => "Every other command starts the server by itself where none runs, so this is for watching it and for services.";

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken) =>
        throw new CliException("this build of the command line holds no server", "use the slipway executable");
}
