using System.CommandLine;
using Slipway.Cli.Options;

namespace Slipway.Cli.Data;

internal sealed class CatCommand : CliCommand
{
    private readonly Argument<string[]> files = Declare.Many("REPO@REVISION:/PATH", "Files");

    public CatCommand()
        : base("cat", "Print files of a repo") => Add(files);

    public override IReadOnlyList<Example> Examples => [new("slipway cat inference@master:/test1.csv | head", "The first lines of a result")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        foreach (string file in parsed.GetValue(files)!)
        {
            await CopyAsync(context, DataAddress.Parse(file), cancellationToken).ConfigureAwait(false);
        }

        return ExitCodes.Success;
    }

    public static async Task CopyAsync(CommandContext context, DataAddress address, CancellationToken cancellationToken)
    {
        await context.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
        using Stream body = await context.Client.GetFileAsync(address.ToFile(), 0, cancellationToken).ConfigureAwait(false);
        using Stream output = context.OpenOutput();
        await body.CopyToAsync(output, 128 * 1024, cancellationToken).ConfigureAwait(false);
    }
}
