using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Keys;

internal sealed class KeyListCommand : CliCommand
{
    private readonly Option<string?> format = Declare.Output();

    public KeyListCommand()
        : base("ls", "List access keys") => Add(format);

    public override IReadOnlyList<Example> Examples => [new("slipway key ls", "Without their secrets, which are shown once")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<AccessKeyInfo> keys = await context.Client.ListAccessKeysAsync(cancellationToken).ConfigureAwait(false);
        if (Declare.IsJson(parsed.GetValue(format)))
        {
            JsonOutput.Write(context, keys, ApiJson.Default.IReadOnlyListAccessKeyInfo);
            return ExitCodes.Success;
        }

        Table table = new("KEY", "CREATED", "MAY", "NAME");
        foreach (AccessKeyInfo key in keys)
        {
            table.Add(key.Id, Format.Ago(key.Created, context.Time.GetUtcNow()), key.Repositories is { } repositories ? string.Join(' ', repositories) : key.ReadOnly ? "read" : "read, write", key.Name);
        }

        table.Write(context);
        return ExitCodes.Success;
    }
}
