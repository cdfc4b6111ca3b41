using System.CommandLine;
using System.Globalization;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Servers;

internal sealed class InfoCommand : CliCommand
{
    private readonly Option<string?> format = Declare.Output();

    public InfoCommand()
        : base("info", "Show the server, its runtime and its store") => Add(format);

    public override IReadOnlyList<Example> Examples => [new("slipway info", "What runs containers here, and what this machine cannot do")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        ServerInfo info = await context.Client.GetInfoAsync(cancellationToken).ConfigureAwait(false);
        if (Declare.IsJson(parsed.GetValue(format)))
        {
            JsonOutput.Write(context, info, ApiJson.Default.ServerInfo);
            return ExitCodes.Success;
        }

        Facts facts = new();
        facts.Add("server", $"slipway {info.Version}, process {info.Pid}, up {Format.Span(context.Time.GetUtcNow() - info.Started)}");
        facts.Add("home", info.Home + (info.StoreBytes is long bytes ? $" ({Format.Bytes(bytes)})" : ""));
        facts.Add("listens", info.Listen is { } endpoint ? $"{endpoint} (S3, API)" : "on its socket alone; for S3: slipway serve --listen 127.0.0.1:9000");
        facts.Add("runtime", info.Runtime ?? "none");
        facts.Add("kernel", info.Kernel);
        facts.Add("images", info.Images.ToString(CultureInfo.InvariantCulture));
        facts.Add("containers", $"{info.Containers} ({info.Running} running)");
        facts.Add("repos", info.Repos.ToString(CultureInfo.InvariantCulture));
        facts.Add("pipelines", info.Pipelines.ToString(CultureInfo.InvariantCulture));
        facts.Write(context.Out);
        foreach (string warning in info.Warnings)
        {
            context.Out.WriteLine($"{context.Terminal.Style.Yellow("warning:")} {warning}");
        }

        return ExitCodes.Success;
    }
}
