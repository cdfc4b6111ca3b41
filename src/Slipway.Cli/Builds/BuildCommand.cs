using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Builds;

internal sealed class BuildCommand : CliCommand
{
    private readonly Argument<string> folder = Declare.Required("FOLDER", "The context: what COPY and ADD may read");
    private readonly Option<string[]?> tags = Declare.Texts("--tag", "-t", "NAME[:TAG]", "The image's name; several are allowed");
    private readonly Option<string?> file = Declare.Text("--file", "-f", "DOCKERFILE", "Default FOLDER/Dockerfile; - for stdin");
    private readonly Option<string[]?> buildArgs = Declare.Texts("--build-arg", null, "NAME=VALUE", "A value for ARG; NAME alone passes yours on");
    private readonly Option<string?> target = Declare.Text("--target", null, "STAGE", "Stop at this stage");
    private readonly Option<bool> noCache = Declare.Flag("--no-cache", null, "Run every step");
    private readonly Option<string[]?> labels = Declare.Texts("--label", null, "NAME=VALUE", "A label of the image");
    private readonly Option<string?> progress = Declare.Text("--progress", null, "STYLE", "tty, plain or json; default: tty on a terminal");
    private readonly Option<bool> quiet = Declare.Quiet("the image's digest");
    private readonly Option<string?> iidFile = Declare.Text("--iidfile", null, "FILE", "Write the image's digest there");
    private readonly Option<bool> revision = Declare.Flag("--source-revision", null, "Record the git revision in the image; its digest then changes with it");

    public BuildCommand()
        : base("build", "Build an image from a Dockerfile")
    {
        Add(folder);
        foreach (Option option in (ReadOnlySpan<Option>)[tags, file, buildArgs, target, noCache, labels, progress, quiet, iidFile, revision])
        {
            Add(option);
        }
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway build -t iris/train ./train", "Build ./train/Dockerfile; steps that are known already run nothing"),
        new("slipway build -t app --build-arg VERSION=1.2 -f deploy/Dockerfile .", "Another Dockerfile, and a value for its ARG VERSION"),
    ];

    public override string Remarks =>
        "Only FOLDER is sent, less what its .dockerignore names (or DOCKERFILE.dockerignore, where there is one). The image goes by what it holds: the same\n"
        + "context gives the same digest, on any day.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        BuildProgressStyle style = Style(parsed, context);
        BuildContext source = await BuildContext.OpenAsync(context, parsed.GetValue(folder)!, parsed.GetValue(file), cancellationToken).ConfigureAwait(false);
        BuildOptions options = new()
        {
            Tags = parsed.GetValue(tags) ?? [],
            DockerfileName = source.DockerfileName,
            BuildArgs = Values.Pairs(parsed.GetValue(buildArgs), "--build-arg", context.Environment),
            Target = parsed.GetValue(target),
            NoCache = parsed.GetValue(noCache),
            Labels = Values.Pairs(parsed.GetValue(labels), "--label", static _ => ""),
            SourceDateEpoch = context.Environment("SOURCE_DATE_EPOCH") is string epoch ? Values.WholeNumber(epoch, "SOURCE_DATE_EPOCH") : null,
            SourceAnnotations = parsed.GetValue(revision) ? await GitRevision.ReadAsync(source.Folder, cancellationToken).ConfigureAwait(false) : new Dictionary<string, string>(),
        };
        BuildCompleted image = await BuildRun.RunAsync(context, source, options, style, cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(iidFile) is string path)
        {
            await File.WriteAllTextAsync(context.Resolve(path), image.Digest, cancellationToken).ConfigureAwait(false);
        }

        if (style == BuildProgressStyle.Quiet)
        {
            context.Out.WriteLine(image.Digest);
        }
        else if (style != BuildProgressStyle.Json)
        {
            context.Out.WriteLine(BuildRun.Summary(image));
        }

        return ExitCodes.Success;
    }

    private BuildProgressStyle Style(ParseResult parsed, CommandContext context) => (parsed.GetValue(quiet), parsed.GetValue(progress)) switch
    {
        (true, _) => BuildProgressStyle.Quiet,
        (_, "plain") => BuildProgressStyle.Plain,
        (_, "tty") => BuildProgressStyle.Terminal,
        (_, "json") => BuildProgressStyle.Json,
        (_, null or "auto") => context.Terminal.ErrorOutput ? BuildProgressStyle.Terminal : BuildProgressStyle.Plain,
        (_, string other) => throw new CliException($"there is no progress style '{other}'", "use tty, plain or json", usage: true),
    };
}
