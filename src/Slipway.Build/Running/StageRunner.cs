using System.Collections.Concurrent;
using Slipway.Build.Cache;
using Slipway.Build.Cache.Shared;
using Slipway.Build.Dockerfiles;
using Slipway.Build.Planning;
using Slipway.Content;
using Slipway.Content.Hashing;
using Slipway.Engine;
using Slipway.Images;

namespace Slipway.Build.Running;

/// <summary>
/// Runs a stage's steps in order: for each, asks the cache by the step's key, and makes the layer only where it has no answer. Files are unpacked
/// and mounted only for a step that runs. Stages call it side by side; a step that two of them share runs once.
/// </summary>
internal sealed class StageRunner(
    SnapshotStore snapshots, ContainerEngine engine, StepAnswers answers, BuildScratch scratch, Origins origins, RemoteFiles remote, CacheFolders caches,
    BuildRequest request, Dockerfile dockerfile, FailedFiles failed, BuildProgress progress)
{
    private readonly ConcurrentDictionary<(int Stage, int Step), Digest> _contextContents = [];
    private readonly ConcurrentDictionary<Digest, Lazy<Task<(Layer Layer, bool Cached)>>> _given = [];
    private readonly DateTimeOffset _clamp = request.SourceDateEpoch ?? ReproducibleTime.Default;

    /// <summary>The digest of all that the build read from its context; what it did not read does not change it.</summary>
    public Digest ContextDigest
    {
        get
        {
            using CanonicalDigest hasher = new("slipway-context-1");
            foreach ((_, Digest content) in _contextContents.OrderBy(item => item.Key))
            {
                hasher.Add(content);
            }

            return hasher.Finish();
        }
    }

    /// <summary>Builds a stage on those built before it.</summary>
    /// <exception cref="SlipwayException">A step failed: the message shows the Dockerfile's lines, the instruction and why.</exception>
    public async ValueTask<LayerStack> RunAsync(PlannedStage stage, IReadOnlyDictionary<int, LayerStack> stages, CancellationToken cancellationToken)
    {
        LayerStack stack = stage.Base switch
        {
            StageBase.OfImage(var image, _) => new(image.Layers),
            StageBase.OfStage(var index) => stages[index],
            _ => LayerStack.Empty,
        };
        bool useCache = !request.NoCache && !request.NoCacheStages.Any(name => string.Equals(name, stage.Name, StringComparison.OrdinalIgnoreCase));
        for (int index = 0; index < stage.Steps.Length; index++)
        {
            StepPlace place = new(stage, index, stages, stack, useCache);
            BuildProgress.StepProgress reported = progress.Start(stage, index);
            try
            {
                (Layer layer, bool cached) = await RunStepAsync(place, reported, cancellationToken);
                stack = stack.With(layer);
                reported.Finish(cached);
            }
            catch (Exception fault) when (fault is SlipwayException or IOException or UnauthorizedAccessException)
            {
                failed.Keep(stage, place.Step, stack, null);
                throw StepFailure.Describe(dockerfile, stage.Steps[index], fault);
            }
        }

        return stack;
    }

    private ValueTask<(Layer Layer, bool Cached)> RunStepAsync(StepPlace place, BuildProgress.StepProgress reported, CancellationToken cancellationToken) => place.Step switch
    {
        RunStep run => RunAsync(place, run, reported, cancellationToken),
        WorkdirStep workdir => AnswerAsync(
            StepKeys.OfWorkdir(place.Parent, workdir, _clamp),
            place,
            () => new FileChange(snapshots, scratch).CommitAsync(place.Parent, target => CopyPlacement.MakeWorkdir(target, workdir, _clamp), _clamp, cancellationToken),
            cancellationToken),
        CopyStep copy => CopyAsync(place, copy, cancellationToken),
        _ => throw new SlipwayException(ErrorKind.Internal, $"no way is known to run {place.Step.Instruction}"),
    };

    private async ValueTask<(Layer Layer, bool Cached)> RunAsync(StepPlace place, RunStep run, BuildProgress.StepProgress reported, CancellationToken cancellationToken)
    {
        if (run.IsInsecure && !request.AllowsInsecure)
        {
            throw new SlipwayException(ErrorKind.PermissionDenied, "RUN --security=insecure may take this machine over, and is not allowed", "Allow it: slipway build --allow security.insecure");
        }

        List<Digest> shown = [];
        foreach (PlannedMount mount in run.Mounts)
        {
            shown.Add(await MountKeyAsync(place, mount, cancellationToken));
        }

        return await AnswerAsync(StepKeys.OfRun(place.Parent, run, shown, _clamp), place, MakeAsync, cancellationToken);

        async ValueTask<Layer> MakeAsync()
        {
            await using RunMounts mounts = new(scratch, origins, caches, request);
            await mounts.PrepareAsync(place.Parent, run, (origin, token) => OpenAsync(place, origin, token), cancellationToken);
            return await new CommandRun(snapshots, engine, scratch).CommitAsync(place.Parent, run, mounts, reported.Output, _clamp, request.KeepsFailure ? Keep : null, cancellationToken);
        }

        void Keep(Layer change) => failed.Keep(place.Stage, run, place.Parent, change);
    }

    // A bind counts by what it shows: of layers their identity, of a folder the content. A secret never counts by its content.
    private async ValueTask<Digest> MountKeyAsync(StepPlace place, PlannedMount mount, CancellationToken cancellationToken)
    {
        if (mount.Mount.Kind != RunMountKind.Bind)
        {
            return default;
        }

        if (StackOf(place, mount.Origin!) is { } stack)
        {
            return stack.ChainId ?? default;
        }

        Origin origin = await OpenAsync(place, mount.Origin!, cancellationToken);
        string source = ImagePath.Clean("/" + mount.Mount.Source)[1..];
        Digest content = origin.Tree.Find(source.Length == 0 ? "." : source) is { } entry ? origin.Hasher.HashOf(entry, cancellationToken) : default;
        if (origin.IsContext)
        {
            _contextContents.AddOrUpdate((place.Stage.Index, place.Index), content, (_, before) => Join(before, content));
        }

        return content;
    }

    private static Digest Join(Digest one, Digest other)
    {
        using CanonicalDigest both = new("slipway-contents-1");
        return both.Add(one).Add(other).Finish();
    }

    // One run for all that ask for the same: stages that begin alike, and a step that two stages share.
    private async ValueTask<(Layer Layer, bool Cached)> AnswerAsync(Digest key, StepPlace place, Func<ValueTask<Layer>> make, CancellationToken cancellationToken)
    {
        bool mine = false;
        Lazy<Task<(Layer Layer, bool Cached)>> answer = _given.GetOrAdd(key, _ => new(FindOrMakeAsync));
        (Layer layer, bool cached) = await answer.Value.WaitAsync(cancellationToken);
        return (layer, cached || !mine);

        async Task<(Layer Layer, bool Cached)> FindOrMakeAsync()
        {
            mine = true;
            if (place.UsesCache && await answers.FindAsync(key, place.Step.Instruction, cancellationToken) is { } known)
            {
                return (known, true);
            }

            await answers.EnsureAsync(place.Parent.Layers, cancellationToken);
            Layer made = await make();
            request.InPlace?.ThrowIfChanged();
            await answers.RecordAsync(key, made, place.Step.Instruction, null, cancellationToken);
            return (made, false);
        }
    }

    // From a stage or image the key by its layers is tried first, because it needs no look into them; then the key by what is read.
    private async ValueTask<(Layer Layer, bool Cached)> CopyAsync(StepPlace place, CopyStep step, CancellationToken cancellationToken)
    {
        if (StackOf(place, step.From) is not { } from)
        {
            (Layer copied, bool known, _) = await CopyFromAsync(await OpenAsync(place, step.From, cancellationToken), place, step, cancellationToken);
            return (copied, known);
        }

        Digest quick = StepKeys.OfCopyFrom(place.Parent, step, from, _clamp);
        if (place.UsesCache && await answers.FindAsync(quick, step.Instruction, cancellationToken) is { } answer)
        {
            return (answer, true);
        }

        (Layer layer, bool cached, Digest byContent) = await CopyFromAsync(await OpenAsync(place, step.From, cancellationToken), place, step, cancellationToken);
        await answers.RecordAsync(quick, layer, step.Instruction, byContent, cancellationToken);
        return (layer, cached);
    }

    private async ValueTask<(Layer Layer, bool Cached, Digest Key)> CopyFromAsync(Origin origin, StepPlace place, CopyStep step, CancellationToken cancellationToken)
    {
        using CopySourceFinder finder = new(origin, scratch, request.IgnoredPaths, remote);
        CopySources sources = await finder.FindAsync(step, cancellationToken);
        if (origin.IsContext)
        {
            _contextContents[(place.Stage.Index, place.Index)] = sources.Content;
        }

        LayerStack parent = place.Parent;
        Digest key = StepKeys.OfCopy(parent, step, sources.Content, _clamp);
        (Layer layer, bool cached) = await AnswerAsync(
            key,
            place,
            () => new FileChange(snapshots, scratch).CommitAsync(parent, target => CopyPlacement.Place(sources, step, target, _clamp, cancellationToken), _clamp, cancellationToken),
            cancellationToken);
        return (layer, cached, key);
    }

    private static LayerStack? StackOf(StepPlace place, CopyOrigin origin) => origin switch
    {
        CopyOrigin.FromStage(var index) => place.Stages[index],
        CopyOrigin.FromImage(var image, _) => new(image.Layers),
        _ => null,
    };

    private async ValueTask<Origin> OpenAsync(StepPlace place, CopyOrigin from, CancellationToken cancellationToken)
    {
        if (from is CopyOrigin.Context)
        {
            return origins.Context;
        }

        if (from is CopyOrigin.FromFolder(var directory, var folder))
        {
            return origins.OfFolder(directory, folder);
        }

        LayerStack stack = StackOf(place, from)!;
        await answers.EnsureAsync(stack.Layers, cancellationToken);
        return await origins.OpenAsync(stack, from is CopyOrigin.FromImage(_, var image) ? $"the image {image}" : $"the stage {((CopyOrigin.FromStage)from).Index}", cancellationToken);
    }

    /// <summary>Where a step stands: its stage, what is built already, and the files it begins with.</summary>
    private sealed record StepPlace(PlannedStage Stage, int Index, IReadOnlyDictionary<int, LayerStack> Stages, LayerStack Parent, bool UsesCache)
    {
        public PlannedStep Step => Stage.Steps[Index];
    }
}
