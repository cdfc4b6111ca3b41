using Slipway.Build.Cache;
using Slipway.Build.Copying;
using Slipway.Build.Dockerfiles;
using Slipway.Build.Planning;
using Slipway.Content;
using Slipway.Engine;
using Slipway.Images;
using Slipway.Images.Layers;

namespace Slipway.Build.Running;

/// <summary>
/// Runs a plan's stages in order: for each step, asks the cache by the step's key, and makes the layer only where it has no answer.
/// Files are unpacked and mounted only for a step that runs.
/// </summary>
internal sealed class StageRunner(
    SnapshotStore snapshots, ContainerEngine engine, BuildCache cache, BuildScratch scratch, Origins origins, RemoteFiles remote,
    BuildRequest request, Dockerfile dockerfile, BuildProgress progress)
{
    private readonly Dictionary<int, LayerStack> _stages = [];
    private readonly List<Digest> _contextContents = [];
    private readonly DateTimeOffset _clamp = request.SourceDateEpoch ?? ReproducibleTime.Default;

    /// <summary>The digest of all that the build read from its context; what it did not read does not change it.</summary>
    public Digest ContextDigest
    {
        get
        {
            using KeyHasher hasher = new();
            _contextContents.ForEach(content => hasher.Add(content));
            return hasher.Finish();
        }
    }

    /// <summary>Builds a stage on those built before it.</summary>
    /// <exception cref="SlipwayException">A step failed: the message shows the Dockerfile's lines, the instruction and why.</exception>
    public async ValueTask<LayerStack> RunAsync(PlannedStage stage, CancellationToken cancellationToken)
    {
        LayerStack stack = stage.Base switch
        {
            StageBase.OfImage(var image, _) => new(image.Layers),
            StageBase.OfStage(var index) => _stages[index],
            _ => LayerStack.Empty,
        };
        foreach (PlannedStep step in stage.Steps)
        {
            BuildProgress.StepProgress reported = progress.Start(stage, step);
            try
            {
                (Layer layer, bool cached) = await RunStepAsync(stack, step, reported, cancellationToken);
                stack = stack.With(layer);
                reported.Finish(cached);
            }
            catch (Exception fault) when (fault is SlipwayException or IOException or UnauthorizedAccessException)
            {
                throw StepFailure.Describe(dockerfile, step, fault);
            }
        }

        return _stages[stage.Index] = stack;
    }

    private ValueTask<(Layer Layer, bool Cached)> RunStepAsync(LayerStack parent, PlannedStep step, BuildProgress.StepProgress reported, CancellationToken cancellationToken) =>
        step switch
        {
            RunStep run => AnswerAsync(
                StepKeys.OfRun(parent, run, _clamp),
                step,
                () => new CommandRun(snapshots, engine, scratch).CommitAsync(parent, run, reported.Output, _clamp, cancellationToken),
                cancellationToken),
            WorkdirStep workdir => AnswerAsync(
                StepKeys.OfWorkdir(parent, workdir, _clamp),
                step,
                () => new FileChange(snapshots, scratch).CommitAsync(parent, target => MakeWorkdir(target, workdir), _clamp, cancellationToken),
                cancellationToken),
            CopyStep copy => CopyAsync(parent, copy, cancellationToken),
            _ => throw new SlipwayException(ErrorKind.Internal, $"no way is known to run {step.Instruction}"),
        };

    private async ValueTask<(Layer Layer, bool Cached)> AnswerAsync(Digest key, PlannedStep step, Func<ValueTask<Layer>> make, CancellationToken cancellationToken)
    {
        if (!request.NoCache && await cache.FindAsync(key, cancellationToken) is { } known)
        {
            return (known, true);
        }

        Layer layer = await make();
        await cache.RecordAsync(key, layer, step.Instruction, cancellationToken);
        return (layer, false);
    }

    // From a stage or image the key by its layers is tried first, because it needs no look into them; then the key by what is read.
    private async ValueTask<(Layer Layer, bool Cached)> CopyAsync(LayerStack parent, CopyStep step, CancellationToken cancellationToken)
    {
        LayerStack? from = step.From switch
        {
            CopyOrigin.FromStage(var index) => _stages[index],
            CopyOrigin.FromImage(var image, _) => new(image.Layers),
            _ => null,
        };
        if (from is null)
        {
            return await CopyFromAsync(origins.Context, parent, step, cancellationToken);
        }

        Digest quick = StepKeys.OfCopyFrom(parent, step, from, _clamp);
        if (!request.NoCache && await cache.FindAsync(quick, cancellationToken) is { } known)
        {
            return (known, true);
        }

        string name = step.From is CopyOrigin.FromImage(_, var imageName) ? $"the image {imageName}" : $"the stage {((CopyOrigin.FromStage)step.From).Index}";
        Origin origin = await origins.OpenAsync(from, name, cancellationToken);
        (Layer layer, bool cached) = await CopyFromAsync(origin, parent, step, cancellationToken);
        await cache.RecordAsync(quick, layer, step.Instruction, cancellationToken);
        return (layer, cached);
    }

    private async ValueTask<(Layer Layer, bool Cached)> CopyFromAsync(Origin origin, LayerStack parent, CopyStep step, CancellationToken cancellationToken)
    {
        using CopySourceFinder finder = new(origin, scratch, request.IgnoredPaths, remote);
        CopySources sources = await finder.FindAsync(step, cancellationToken);
        if (origin.IsContext)
        {
            _contextContents.Add(sources.Content);
        }

        return await AnswerAsync(
            StepKeys.OfCopy(parent, step, sources.Content, _clamp),
            step,
            () => new FileChange(snapshots, scratch).CommitAsync(parent, target => Place(sources, step, target, cancellationToken), _clamp, cancellationToken),
            cancellationToken);
    }

    private void Place(CopySources sources, CopyStep step, TargetTree target, CancellationToken cancellationToken)
    {
        FileOwner? owner = step.Owner is { } named ? OwnerLookup.Find(target.Root, named) : null;
        foreach (CopySource source in sources.Items)
        {
            if (source.CanBeArchive)
            {
                using var file = source.Tree.OpenFile(source.Entry.Path);
                if (ArchiveExtractor.IsArchive(file, source.Entry.Name))
                {
                    new ArchiveExtractor(target, owner, step.Mode, cancellationToken).Extract(file, step.Destination);
                    continue;
                }
            }

            CopyRules rules = source.IsForeign ? new(owner, step.Mode, null) : new(owner ?? FileOwner.Root, step.Mode, UnixTime.From(_clamp));
            new TreeCopier(source.Tree, target, rules, cancellationToken).Copy(source.Entry, step.Destination);
        }
    }

    private void MakeWorkdir(TargetTree target, WorkdirStep step)
    {
        FileOwner owner = OwnerLookup.Find(target.Root, step.User);
        target.OpenOrMakeDirectory(step.Path, owner, UnixTime.From(_clamp), out _).Dispose();
    }
}
