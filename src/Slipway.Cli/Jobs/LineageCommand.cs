using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Data;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Jobs;

internal sealed class LineageCommand : CliCommand
{
    private readonly Argument<string> file = Declare.Required("REPO@REVISION:/PATH", "A file or folder");
    private readonly Option<string?> format = Declare.Output();

    public LineageCommand()
        : base("lineage", "Show the data, code and image that made a file, back to what people put")
    {
        Add(file);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway lineage inference@master:/test1.csv", "Datum, job, command, image, Dockerfile and inputs, all the way")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        LineageFile lineage = await context.Client.GetLineageAsync(DataAddress.Parse(parsed.GetValue(file)!).ToFile(), cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, lineage, ApiJson.Default.LineageFile);
            return ExitCodes.Success;
        }

        foreach (string line in LineageDrawing.Draw(lineage, context.Terminal.Style))
        {
            context.Out.WriteLine(line);
        }

        return ExitCodes.Success;
    }
}
