using System.CommandLine;
using System.Globalization;
using Slipway.Cli.Options;

namespace Slipway.Cli.Data;

internal sealed class CatCommand : CliCommand
{
    private readonly Argument<string[]> files = Declare.Many("REPO@REVISION:/PATH", "Files");

    private readonly Option<string?> bytes = Declare.Text("--bytes", "-c", "FROM-TO", "A range: 0-99 is the first hundred, 100- the rest, -100 the last hundred");

    public CatCommand()
        : base("cat", "Print files of a repo")
    {
        Add(files);
        Add(bytes);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway cat inference@master:/test1.csv | head", "The first lines of a result"),
        new("slipway cat logs@master:/day.log --bytes -4096", "The end of a large file, without the rest"),
    ];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        string? range = parsed.GetValue(bytes);
        if (range is not null && !IsRange(range))
        {
            throw new CliException($"'{range}' is no range of bytes", "write --bytes FROM-TO, FROM- or -COUNT, as in --bytes 0-99", usage: true);
        }

        foreach (string file in parsed.GetValue(files)!)
        {
            await CopyAsync(context, DataAddress.Parse(file), cancellationToken, range).ConfigureAwait(false);
        }

        return ExitCodes.Success;
    }

    /// <summary>Digits, a dash, digits; not both missing, and not backwards.</summary>
    internal static bool IsRange(string text) =>
        text.Split('-') is [var from, var to] && from.Length + to.Length > 0
        && (from.Length == 0 || long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        && (to.Length == 0 || long.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        && (from.Length == 0 || to.Length == 0
            || long.Parse(from, NumberStyles.None, CultureInfo.InvariantCulture) <= long.Parse(to, NumberStyles.None, CultureInfo.InvariantCulture));

    public static async Task CopyAsync(CommandContext context, DataAddress address, CancellationToken cancellationToken, string? range = null)
    {
        await context.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
        using Stream body = await context.Client.GetFileRangeAsync(address.ToFile(), range, cancellationToken).ConfigureAwait(false);
        using Stream output = context.OpenOutput();
        await body.CopyToAsync(output, 128 * 1024, cancellationToken).ConfigureAwait(false);
    }
}
