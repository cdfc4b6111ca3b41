using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Registries;

internal sealed class LoginCommand : CliCommand
{
    private readonly Argument<string?> registry = Declare.Optional("REGISTRY", "Its host and port (docker.io)");
    private readonly Option<string?> user = Declare.Text("--username", "-u", "NAME", "Who you are there; of a slipway server, an access key's id");
    private readonly Option<bool> stdin = Declare.Flag("--password-stdin", null, "Read the password from stdin, which is where it is read from");
    private readonly Option<bool> plainHttp = Declare.Flag("--plain-http", null, "Ask a registry of another machine without TLS");

    public LoginCommand()
        : base("login", "Remember who you are to a registry, in docker's own file or credential helper")
    {
        Add(registry);
        foreach (Option option in (ReadOnlySpan<Option>)[user, stdin, plainHttp])
        {
            Add(option);
        }
    }

    public override IReadOnlyList<Example> Examples => [new("slipway login -u me registry.example.com < password.txt", "The password is read from stdin, never from an argument")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        string host = parsed.GetValue(registry) ?? "docker.io";
        string name = parsed.GetValue(user) ?? throw new CliException("say who you are", $"slipway login --username NAME {host} < password.txt", usage: true);
        using StreamReader input = new(context.OpenInput());
        string password = (await input.ReadLineAsync(cancellationToken).ConfigureAwait(false)) ?? "";
        if (password.Length == 0)
        {
            throw new CliException("there is no password on stdin", $"slipway login --username {name} {host} < password.txt", usage: true);
        }

        DockerConfig config = context.ReadLogins();
        await context.Client.CheckLoginAsync(new RegistryLoginRequest(host, name, password, parsed.GetValue(plainHttp)), cancellationToken).ConfigureAwait(false);
        await config.StoreAsync(host, new(name, password), cancellationToken).ConfigureAwait(false);
        context.Out.WriteLine($"logged in to {host} as {name} (kept in {config.PlaceOf(host)})");
        return ExitCodes.Success;
    }
}
