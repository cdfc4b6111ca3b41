using System.CommandLine;
using System.Globalization;
using Slipway.Api;
using Slipway.Cli.Data;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Maintenance;

internal sealed class PurgeCommand : CliCommand
{
    private readonly Argument<string?> target = Declare.Optional("REPO:/PATH", "A file or folder in all of its history; repo@commit:/path in one commit");
    private readonly Option<string?> digest = Declare.Text("--digest", null, "SHA256", "One blob by its digest");
    private readonly Option<string?> commit = Declare.Text("--commit", null, "REPO@COMMIT", "Every file of a commit");
    private readonly Option<string?> reason = Declare.Text("--reason", "-m", "TEXT", "Why: the record says it for good");
    private readonly Option<bool> withOutputs = Declare.Flag("--with-outputs", null, "Also what was made from it, and what its datums said");
    private readonly Option<bool> yes = Declare.Flag("--yes", "-y", "Do it; without this it is only shown");
    private readonly Option<string?> format = Declare.Output();

    public PurgeCommand()
        : base("purge", "Remove content from all history")
    {
        Add(target);
        foreach (Option option in (ReadOnlySpan<Option>)[digest, commit, reason, withOutputs, yes, format])
        {
            Add(option);
        }
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway purge customers:/people.csv", "Show who has it, and what was made from it"),
        new("slipway purge customers:/people.csv --with-outputs -m \"GDPR request 117\" --yes", "Remove it, for good"),
    ];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        string[] targets = [.. new[] { parsed.GetValue(target), parsed.GetValue(digest), parsed.GetValue(commit) }.OfType<string>()];
        if (targets.Length != 1)
        {
            throw new CliException("name one thing: a path, --digest or --commit", "slipway purge customers:/people.csv", usage: true);
        }

        bool doIt = parsed.GetValue(yes);
        PurgeRequest request = new(targets[0], parsed.GetValue(reason) ?? "", Author.Of(context), parsed.GetValue(withOutputs), DryRun: !doIt);
        PurgeProgress now = new("starting");
        using (new ProgressLine(context, () => now.Step))
        {
            await foreach (PurgeProgress line in context.Client.PurgeAsync(request, cancellationToken).ConfigureAwait(false))
            {
                now = line;
            }
        }

        PurgeResult result = now.Result ?? throw new CliException("the server broke off before the purge was done", "run it again: what is done stays done");
        if (json)
        {
            JsonOutput.Write(context, result, ApiJson.Default.PurgeResult);
        }
        else
        {
            Write(context, result);
        }

        return result.Traces.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static void Write(CommandContext context, PurgeResult result)
    {
        foreach (PurgedBlob blob in result.Blobs)
        {
            context.Out.WriteLine($"{(result.DryRun ? "would purge" : "purged")} {blob.Digest}  {Format.Bytes(blob.Size)}");
            foreach (string use in blob.Uses)
            {
                context.Out.WriteLine($"  {use}");
            }

            if (blob.MoreUses > 0)
            {
                context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  … and {blob.MoreUses} more"));
            }
        }

        foreach (string output in result.Outputs)
        {
            context.Out.WriteLine($"made from it: {output}");
        }

        foreach (string copy in result.Copies)
        {
            context.Out.WriteLine($"removed the copy {copy}");
        }

        foreach (string project in result.Locked)
        {
            context.Out.WriteLine($"not looked into: project {project} is encrypted and locked; start the server with its master key and purge again");
        }

        if (result.DryRun)
        {
            context.Out.WriteLine("nothing was removed yet; to do it, give --reason and --yes");
            return;
        }

        foreach (string trace in result.Traces)
        {
            context.Out.WriteLine($"STILL THERE: {trace}");
        }

        if (result.Traces.Count == 0)
        {
            context.Out.WriteLine($"the store was read again: none of {Format.Count(result.Blobs.Count, "blob")} is left in it; {Format.Count(result.Answers, "answer")} forgotten");
        }
    }
}
