using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Builds;

internal sealed class BuildCommand : CliCommand
{
    private readonly Argument<string> folder = Declare.Required("FOLDER", "The context: what COPY and ADD may read. A folder, - (a tar or a Dockerfile on stdin), or the URL of a git repository or a tar");
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

    private readonly Option<string[]?> secrets = Declare.Texts("--secret", null, "id=NAME[,src=FILE|,env=VAR]", "What RUN --mount=type=secret may read; in no layer, log or cache key");
    private readonly Option<string[]?> ssh = Declare.Texts("--ssh", null, "default|ID=SOCKET|KEY", "The agent or keys that RUN --mount=type=ssh may use");
    private readonly Option<string[]?> contexts = Declare.Texts("--build-context", null, "NAME=FOLDER", "More to COPY --from: a folder, a URL, docker-image://NAME");
    private readonly Option<string[]?> noCacheFilter = Declare.Texts("--no-cache-filter", null, "STAGE", "Run every step of these stages");
    private readonly Option<string[]?> allow = Declare.Texts("--allow", null, "RIGHT", "security.insecure: RUN --security=insecure may be used");
    private readonly Option<string[]?> outputs = Declare.Texts("--output", "-o", "type=TYPE,dest=PATH", "Where the result goes: local (its files in a folder), tar, image, oci or docker (an archive); DIR alone is local");
    private readonly Option<string?> metadataFile = Declare.Text("--metadata-file", null, "FILE", "Write the result's digests there, as JSON");
    private readonly Option<bool> check = Declare.Flag("--check", null, "Build nothing: list what BuildKit's build checks warn of; exits 1 where there is any");
    private readonly Option<bool> pull = Declare.Flag("--pull", null, "Ask the registries for base images that are here too");
    private readonly Option<bool> offline = Declare.Flag("--offline", null, "Ask no registry for base images");
    private readonly Option<bool> verify = Declare.Flag("--verify", null, "Build twice without cache, and name the first file that differs");
    private readonly Option<bool> debug = Declare.Flag("--debug", null, "When a step fails, open a shell in the files as it left them");
    private readonly Option<string?> platform = Declare.Text("--platform", null, "OS/ARCH", "The platform to build for: this machine's");

    private readonly Option<string[]?> cacheFrom = Declare.Texts("--cache-from", null, "type=TYPE,…", "A shared cache that may answer steps: type=local,src=FOLDER, type=registry,ref=NAME, or NAME");
    private readonly Option<string[]?> cacheTo = Declare.Texts("--cache-to", null, "type=TYPE,…", "Write one: type=local,dest=FOLDER or type=registry,ref=NAME; mode=max: of every step");
    private readonly AttestationOptions attestations = new();

    public BuildCommand()
        : base("build", "Build an image from a Dockerfile")
    {
        Add(folder);
        foreach (Option option in (Option[])[tags, file, buildArgs, target, noCache, labels, progress, quiet, iidFile, revision, secrets, ssh, contexts, noCacheFilter, allow, platform, outputs, metadataFile, check, verify, pull, offline, cacheFrom, cacheTo, debug, .. attestations.All])
        {
            Add(option);
        }
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway build -t iris/train ./train", "Build ./train/Dockerfile; steps that are known already run nothing"),
        new("slipway build --secret id=token,env=TOKEN -o out .", "A secret for RUN --mount=type=secret; the files of the result in ./out"),
        new("slipway build --cache-from type=local,src=cache --cache-to type=local,dest=cache,mode=max .", "Steps that another machine's build left in the folder are known"),
        new("slipway build -t app --build-arg VERSION=1.2 -f deploy/Dockerfile .", "Another Dockerfile, and a value for its ARG VERSION"),
    ];

    public override string Remarks =>
        "Only FOLDER is sent, less what its .dockerignore names (or DOCKERFILE.dockerignore, where there is one). The image goes by what it holds: the same\n"
        + "context gives the same digest, on any day.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        BuildProgressStyle style = Style(parsed, context);
        CheckPlatform(parsed.GetValue(platform));
        IReadOnlyList<BuildOutput> results = BuildOutput.Read(parsed.GetValue(outputs));
        foreach (BuildOutput result in results)
        {
            result.Check(context);
        }

        using ContextSource place = new();
        using SshAgents agents = await SshAgents.OpenAsync(context, parsed.GetValue(ssh), cancellationToken).ConfigureAwait(false);
        NamedContexts named = await NamedContexts.ReadAsync(context, place, parsed.GetValue(contexts), cancellationToken).ConfigureAwait(false);
        BuildContext source = await SourceAsync(place, parsed, context, cancellationToken).ConfigureAwait(false) with
        {
            Secrets = BuildSecrets.Read(context, parsed.GetValue(secrets)),
            Named = named.Folders,
        };
        IReadOnlyDictionary<string, string> arguments = Values.Pairs(parsed.GetValue(buildArgs), "--build-arg", context.Environment);
        BuildOptions options = new()
        {
            Tags = [.. parsed.GetValue(tags) ?? [], .. results.SelectMany(static result => result.Names)],
            DockerfileName = source.DockerfileName,
            BuildArgs = arguments,
            Target = parsed.GetValue(target),
            NoCache = parsed.GetValue(noCache),
            NoCacheStages = Words(parsed.GetValue(noCacheFilter)),
            ImageContexts = named.Images,
            SshAgents = agents.Sockets,
            Allowed = Words(parsed.GetValue(allow)),
            Check = parsed.GetValue(check),
            Verify = parsed.GetValue(verify),
            Pull = parsed.GetValue(pull),
            Offline = parsed.GetValue(offline),
            KeepFailure = parsed.GetValue(debug),
            CacheFrom = await SharedCacheOptions.FromAsync(context, parsed.GetValue(cacheFrom), cancellationToken).ConfigureAwait(false),
            CacheTo = await SharedCacheOptions.ToAsync(context, parsed.GetValue(cacheTo), cancellationToken).ConfigureAwait(false),
            Labels = Values.Pairs(parsed.GetValue(labels), "--label", static _ => ""),
            SourceDateEpoch = BuildRun.SourceDateEpoch(context, arguments),
            SourceAnnotations = parsed.GetValue(revision) ? await ContextOrigin.AnnotateAsync(source.Folder, cancellationToken).ConfigureAwait(false) : new Dictionary<string, string>(),
        };
        options = attestations.Apply(options, parsed);
        if (options.Check)
        {
            return await BuildRun.CheckAsync(context, source, options, style, cancellationToken).ConfigureAwait(false);
        }

        BuildCompleted image = await BuildRun.RunAsync(context, source, options, style, cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(iidFile) is string path)
        {
            await File.WriteAllTextAsync(context.Resolve(path), image.Digest, cancellationToken).ConfigureAwait(false);
        }

        if (parsed.GetValue(metadataFile) is string metadata)
        {
            await File.WriteAllBytesAsync(context.Resolve(metadata), BuildOutput.Metadata(image), cancellationToken).ConfigureAwait(false);
        }

        foreach (BuildOutput result in results)
        {
            await result.WriteAsync(context, image, cancellationToken).ConfigureAwait(false);
        }

        if (results.Any(static result => result.Destination == "-"))
        {
            return ExitCodes.Success; // stdout is the tar's.
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

    private async Task<BuildContext> SourceAsync(ContextSource place, ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        string text = parsed.GetValue(folder)!;
        string? named = parsed.GetValue(file);
        if (!ContextSource.IsRemote(text))
        {
            return await BuildContext.OpenAsync(context, text, named, cancellationToken).ConfigureAwait(false);
        }

        if (text == "-" && named == "-")
        {
            throw new CliException("stdin cannot be the context and the Dockerfile at once", "name a folder: slipway build -f - .", usage: true);
        }

        (string path, byte[]? dockerfile) = await place.OpenAsync(context, text, cancellationToken).ConfigureAwait(false);
        BuildContext fetched = dockerfile is not null
            ? BuildContext.OfText(path, "stdin", dockerfile)
            : await BuildContext.OpenAsync(context, path, named is null or "-" ? named : Path.Join(path, named), cancellationToken).ConfigureAwait(false);
        return fetched with { Address = text == "-" ? null : text };
    }

    private static string[] Words(string[]? texts) => [.. (texts ?? []).SelectMany(static text => text.Split(',', StringSplitOptions.RemoveEmptyEntries))];

    private static void CheckPlatform(string? text)
    {
        string ours = "linux/" + System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.X64 => "amd64",
            System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
            var other => other.ToString().ToLowerInvariant(),
        };
        if (text is not null && text != ours && !text.StartsWith(ours + "/", StringComparison.Ordinal))
        {
            throw new CliException($"--platform {text} is not this machine's", $"builds for {ours} are supported", usage: true);
        }
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
