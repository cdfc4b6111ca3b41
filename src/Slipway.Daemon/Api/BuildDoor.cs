using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Build;
using Slipway.Build.Cache.Shared;
using Slipway.Build.Linting;
using Slipway.Build.Outputs;
using Slipway.Build.Planning;
using Slipway.Build.Provenance;
using Slipway.Content;
using Slipway.Daemon.Hosting;
using Slipway.Images;
using Slipway.Images.Client;

namespace Slipway.Daemon.Api;

/// <summary>Builds an image from a context that arrives as a tar, and streams what happens; gives out an image's files.</summary>
internal sealed class BuildDoor(ImageBuilder builder, BuildVerifier verifier, ImageStore images, ImageFiles files, WorkFolders folders, LayerUse layers, ImagePuller puller, RegistryClient registries, SharedCaches caches)
{
    public void Map(WebApplication app)
    {
        app.MapPost(Routes.Build, BuildSentAsync);
        app.MapPost(Routes.BuildLocal, BuildLocalAsync);
        app.MapGet(Routes.ImageFiles, FilesAsync);
        app.MapGet(Routes.ImageDiff, DiffAsync);
    }

    private async Task FilesAsync(HttpContext http)
    {
        Image image = await images.GetAsync(Ask.Query(http, "image"), http.RequestAborted);
        http.Response.ContentType = BuildContextFormat.MediaType;
        await layers.UseAsync(async () => await files.WriteAsync(image, http.Response.Body, http.RequestAborted), http.RequestAborted);
    }

    private async Task DiffAsync(HttpContext http)
    {
        Image from = await images.GetAsync(Ask.Query(http, "from"), http.RequestAborted), to = await images.GetAsync(Ask.Query(http, "to"), http.RequestAborted);
        IReadOnlyList<FileDifference> found = [];
        await layers.UseAsync(async () => found = await new ImageComparison(files).CompareAsync(from, to, http.RequestAborted), http.RequestAborted);
        await Answer.JsonAsync(http, [.. found.Select(Wire)], ApiJson.Default.IReadOnlyListImageFileChange);

        static ImageFileChange Wire(FileDifference file) => new(
            file.Path,
            file.Kind switch
            {
                FileDifferenceKind.Added => ImageFileChangeKind.Added,
                FileDifferenceKind.Removed => ImageFileChangeKind.Removed,
                _ => ImageFileChangeKind.Changed,
            },
            file.Before,
            file.After,
            file.How);
    }

    private async Task BuildSentAsync(HttpContext http)
    {
        BuildOptions options = Ask.Options(http, ApiJson.Default.BuildOptions);
        using WorkFolder folder = folders.Create("build");
        UnpackedContext context = await ContextUnpacker.UnpackAsync(http.Request.Body, folder.Path, http.RequestAborted);
        await BuildAsync(http, options, context);
    }

    private async Task BuildLocalAsync(HttpContext http)
    {
        LocalBuildRequest request = await Ask.BodyAsync(http, ApiJson.Default.LocalBuildRequest);
        if (!LocalPeer.IsOurUser(http))
        {
            await DeclineAsync(http, "the server runs as another user, or on another machine");
            return;
        }

        // git is asked beside the build, which needs its answer last; it does not outlive a build that fails before that.
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        Func<Task<Slipway.Api.BuildSource?>> source = ContextOrigin.Begin(request.Folder, null, request.Options, TimeProvider.System, over.Token);
        try
        {
            using WorkFolder folder = folders.Create("build");
            if (await Task.Run(() => LocalContext.Take(request, folder.Path, TimeProvider.System, http.RequestAborted), http.RequestAborted) is { } context)
            {
                using (context.InPlace)
                {
                    await BuildAsync(http, request.Options, context with { Source = source() });
                }
            }
            else
            {
                await DeclineAsync(http, $"the server sees another folder at {request.Folder}");
            }
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    private static Task DeclineAsync(HttpContext http, string reason)
    {
        Answer.BeginLines(http);
        return Answer.LineAsync(http, new BuildDeclined(reason), ApiJson.Default.BuildProgress, flush: false);
    }

    private async Task BuildAsync(HttpContext http, BuildOptions options, UnpackedContext unpacked)
    {
        BuildRequest request = new()
        {
            ContextDirectory = unpacked.Directory,
            OwnsContexts = true,
            InPlace = unpacked.InPlace,
            DockerfileText = unpacked.Dockerfile,
            DockerfileName = options.DockerfileName,
            Tags = [.. options.Tags.Select(ImageReference.Parse)],
            BuildArgs = options.BuildArgs,
            Target = options.Target,
            NoCache = options.NoCache,
            Labels = options.Labels,
            SourceDateEpoch = TimeOf(options.SourceDateEpoch),
            SourceAnnotations = options.SourceAnnotations,
            Source = SourceAsync(unpacked.Source),
            Provenance = DetailOf(options.Provenance),
            Sbom = options.Sbom,
            IgnoredPaths = unpacked.IgnoredPaths,
            Secrets = unpacked.Secrets,
            SshAgents = AgentsOf(http, options),
            Contexts = ContextsOf(options, unpacked),
            NoCacheStages = options.NoCacheStages,
            Pull = options.Offline ? null : (reference, progress, stop) => PullAsync(options, reference, progress, stop),
            PullsAlways = options.Pull,
            AllowsInsecure = options.Allowed.Contains("security.insecure"),
            KeepsFailure = options.KeepFailure,
            CacheFrom = await caches.OpenAsync(http, options.CacheFrom, push: false),
            CacheTo = [.. (await caches.OpenAsync(http, options.CacheTo, push: true)).Zip(options.CacheTo, (cache, option) => new CacheExport(cache, option.All, option.IgnoreErrors))],
        };

        // Events come from whatever thread a step runs on; one reader writes them to the answer in their order.
        Channel<BuildProgress> lines = System.Threading.Channels.Channel.CreateUnbounded<BuildProgress>(new UnboundedChannelOptions { SingleReader = true });
        Task build = layers.UseAsync(() => RunAsync(request, options, lines.Writer, http.RequestAborted), http.RequestAborted);
        try
        {
            await SendAsync(http, lines.Reader);
        }
        finally
        {
            // The folder is the build's until it has ended.
            await build;
        }
    }

    private async Task PullAsync(BuildOptions options, ImageReference reference, IProgress<BuildEvent> progress, CancellationToken cancellationToken)
    {
        RegistryCredential? credential = options.RegistryAccounts.TryGetValue(reference.Domain, out RegistryAccount? account) ? new(account.User, account.Password) : null;
        RegistryConnection registry = new(registries, await registries.FindAsync(reference.Domain, plainHttp: false, cancellationToken), RepositoryName.Of(reference), credential, push: false);
        await puller.PullAsync(registry, reference, Platform.Host, referrers: false, new PullWriter(reference.Familiar, progress), cancellationToken);
    }

    private static async Task<Slipway.Build.Provenance.BuildSource?> SourceAsync(Task<Slipway.Api.BuildSource?> told) =>
        await told is { } source
            ? new(source.Uri, source.Reference, source.Commit, source.IsDirty) { CommitTime = TimeOf(source.CommitTime), IsHistoryCut = source.IsHistoryCut }
            : null;

    private static DateTimeOffset? TimeOf(long? seconds) => seconds switch
    {
        null => null,
        >= 0 and <= BuildOptions.LatestTime => DateTimeOffset.FromUnixTimeSeconds(seconds.Value),
        _ => throw new SlipwayException(ErrorKind.InvalidArgument, $"an image cannot have the time {seconds} (seconds since 1970): that is no day of the years 1970 to 9999"),
    };

    private static ProvenanceDetail DetailOf(string text) => text switch
    {
        "none" => ProvenanceDetail.None,
        "min" => ProvenanceDetail.Minimal,
        "max" => ProvenanceDetail.Full,
        _ => throw new SlipwayException(ErrorKind.InvalidArgument, $"provenance '{text}' is none of none, min and max"),
    };

    private static Dictionary<string, NamedContext> ContextsOf(BuildOptions options, UnpackedContext unpacked)
    {
        Dictionary<string, NamedContext> contexts = new(StringComparer.Ordinal);
        foreach ((string name, string reference) in options.ImageContexts)
        {
            contexts[name] = new NamedContext.OfImage(reference);
        }

        foreach ((string name, string folder) in unpacked.Folders)
        {
            contexts[name] = new NamedContext.Folder(folder);
        }

        return contexts;
    }

    // The server would connect to any socket that its own user may, so only that user may name one.
    private static IReadOnlyDictionary<string, string> AgentsOf(HttpContext http, BuildOptions options) => options.SshAgents.Count == 0 || LocalPeer.IsOurUser(http)
        ? options.SshAgents
        : throw new SlipwayException(ErrorKind.PermissionDenied, "--ssh works only on the server's own machine, for the user that it runs as", "Run the build there, or give the key as a secret.");

    private static async Task SendAsync(HttpContext http, ChannelReader<BuildProgress> lines)
    {
        Answer.BeginLines(http);
        while (await lines.WaitToReadAsync(http.RequestAborted))
        {
            while (lines.TryRead(out BuildProgress? line))
            {
                await Answer.LineAsync(http, line, ApiJson.Default.BuildProgress, flush: false);
            }

            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
    }

    /// <summary>Runs the build to its end; a failure is the last line of the stream, for the status line has been sent.</summary>
    private async Task RunAsync(BuildRequest request, BuildOptions options, ChannelWriter<BuildProgress> lines, CancellationToken cancellationToken)
    {
        try
        {
            if (options.Check)
            {
                foreach (Finding finding in await builder.CheckAsync(request, cancellationToken))
                {
                    lines.TryWrite(new BuildFinding(finding.Rule, finding.Line, finding.Message));
                }

                return;
            }

            BuildResult result = options.Verify
                ? await verifier.BuildAsync(request, new EventWriter(lines), cancellationToken)
                : await builder.BuildAsync(request, new EventWriter(lines), cancellationToken);
            lines.TryWrite(new BuildCompleted(
                result.Image.Digest.ToString(),
                [.. request.Tags.Select(tag => tag.Familiar)],
                result.StepsRun,
                result.StepsCached,
                result.Image.Size)
            {
                ConfigDigest = result.Image.ConfigDigest.ToString(),
                ManifestSize = result.ManifestSize,
            });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The client has gone, and the build with it.
        }
        catch (Exception error)
        {
            lines.TryWrite(new BuildFailed(ErrorTranslation.ToProblem(error)));
        }
        finally
        {
            lines.Complete();
        }
    }

    private sealed class PullWriter(string image, IProgress<BuildEvent> progress) : IProgress<TransferStep>
    {
        public void Report(TransferStep value) => progress.Report(new ImagePull(image, value.Done, value.Total));
    }

    /// <summary>The builder's events as the wire says them.</summary>
    private sealed class EventWriter(ChannelWriter<BuildProgress> lines) : IProgress<BuildEvent>
    {
        public void Report(BuildEvent value)
        {
            BuildProgress? line = value switch
            {
                StepStarted step => new BuildStepStarted(step.Number, step.Total, step.Stage, step.Instruction, step.Line),
                StepOutput output => new BuildStepOutput(output.Number, output.Stderr, output.Text),
                StepFinished step => new BuildStepFinished(step.Number, step.Cached, step.Elapsed.TotalSeconds),
                ImagePull pull => new BuildPull(pull.Image, pull.Done, pull.Total),
                FailureKept kept => new BuildFailureKept(kept.Instruction, kept.Image.ToString()),
                Build.BuildNote note => new Slipway.Api.BuildNote(note.Text),
                Build.BuildWarning warning => new Slipway.Api.BuildWarning(warning.Text),
                _ => null,
            };
            if (line is not null)
            {
                lines.TryWrite(line);
            }
        }
    }
}
