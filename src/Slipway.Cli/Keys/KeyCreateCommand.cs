using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Keys;

internal sealed class KeyCreateCommand : CliCommand
{
    private readonly Option<string?> name = Declare.Text("--name", null, "TEXT", "Whose it is, or what for");
    private readonly Option<bool> readOnly = Declare.Flag("--read-only", null, "It reads everything and changes nothing");
    private readonly Option<string[]?> repositories = Declare.Texts(
        "--repository", null, "PATTERN=RIGHTS", "It is for these repositories of the registry alone: 'team/*=pull,push'; rights are pull, push, delete");
    private readonly Option<string?> format = Declare.Output();

    public KeyCreateCommand()
        : base("create", "Make an access key for the TCP port, S3 and the registry")
    {
        Add(name);
        Add(readOnly);
        Add(repositories);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway key create --name spark --read-only", "Prints the id and, this once, the secret"),
        new("slipway key create --name ci --repository 'team/*=pull,push' --repository '*=pull'", "Pulls every image, pushes those of team/"),
    ];

    public override string Remarks => "The server keeps the secret itself, because signatures are checked with it: in its database, which only its owner can read.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        CreateAccessKeyRequest request = new(parsed.GetValue(name), parsed.GetValue(readOnly), parsed.GetValue(repositories));
        AccessKeyInfo key = await context.Client.CreateAccessKeyAsync(request, cancellationToken).ConfigureAwait(false);
        if (Declare.IsJson(parsed.GetValue(format)))
        {
            JsonOutput.Write(context, key, ApiJson.Default.AccessKeyInfo);
            return ExitCodes.Success;
        }

        (string id, string secret) = key.Repositories is null ? ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY") : ("REGISTRY_USER", "REGISTRY_PASSWORD");
        context.Out.WriteLine($"{id}={key.Id}");
        context.Out.WriteLine($"{secret}={key.Secret}");
        return ExitCodes.Success;
    }
}
