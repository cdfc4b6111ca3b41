using System.Collections.Immutable;
using System.Globalization;
using Slipway.Build.Dockerfiles;
using Slipway.Images;

namespace Slipway.Build.Planning;

/// <summary>
/// Which stages the target needs and which images they stand on. A base image can add triggers, which can need further images: so the graph is
/// asked again, with the images found so far, until <see cref="MissingImages"/> is empty.
/// </summary>
internal sealed class StageGraph
{
    private readonly Dockerfile _dockerfile;
    private readonly IReadOnlyDictionary<string, Image> _images;
    private readonly GlobalScope _global;
    private readonly PlanFaults _faults;
    private readonly WordExpander _expander;
    private readonly IReadOnlyDictionary<string, NamedContext> _contexts;
    private readonly SortedSet<int> _needed = [];
    private readonly Dictionary<string, SourceSpan> _missing = new(StringComparer.Ordinal);

    private StageGraph(
        Dockerfile dockerfile, IReadOnlyDictionary<string, Image> images, IReadOnlyDictionary<string, NamedContext> contexts, GlobalScope global, PlanFaults faults)
    {
        _contexts = contexts;
        _dockerfile = dockerfile;
        _images = images;
        _global = global;
        _faults = faults;
        _expander = new(dockerfile.Escape);
    }

    /// <summary>The indices of the stages to build, in the file's order, which is one in which they can be built.</summary>
    public IReadOnlyCollection<int> Needed => _needed;

    public int Target { get; private set; }

    /// <summary>Names of images that must be found first, and where they stand.</summary>
    public IReadOnlyDictionary<string, SourceSpan> MissingImages => _missing;

    public static StageGraph Of(Dockerfile dockerfile, PlanRequest request, IReadOnlyDictionary<string, Image> images, GlobalScope global, PlanFaults faults)
    {
        StageGraph graph = new(dockerfile, images, request.Contexts, global, faults) { Target = FindTarget(dockerfile, request.Target, faults) };
        Stack<int> open = new([graph.Target]);
        while (open.TryPop(out int index))
        {
            if (graph._needed.Add(index))
            {
                foreach (int needed in graph.NeededBy(dockerfile.Stages[index]))
                {
                    open.Push(needed);
                }
            }
        }

        return graph;
    }

    /// <summary>What a stage begins with; null where its image is among the missing ones or its name is a fault.</summary>
    public StageBase? BaseOf(Stage stage)
    {
        string name = _faults.Try(stage.From.Span, () => _expander.ExpandWord(stage.From.Image, _global.Find), "");
        if (name.Length == 0)
        {
            _faults.Add(stage.From.Span, $"FROM {stage.From.Image} names no image", "give the ARG a default before the first FROM, or a value by --build-arg");
            return null;
        }

        if (_contexts.TryGetValue(name, out NamedContext? context))
        {
            return context switch
            {
                NamedContext.OfImage(var reference) when FindImage(reference, stage.From.Span) is { } given => new StageBase.OfImage(given, reference),
                NamedContext.OfImage => null,
                _ => RefuseFolder(name, stage.From.Span),
            };
        }

        if (name == "scratch")
        {
            return new StageBase.Scratch();
        }

        return FindStage(name, stage.Index, numbers: false) is { } earlier ? new StageBase.OfStage(earlier)
            : FindImage(name, stage.From.Span) is { } image ? new StageBase.OfImage(image, name)
            : null;
    }

    /// <summary>Where a COPY --from points; null as in <see cref="BaseOf"/>.</summary>
    public CopyOrigin? OriginOf(string from, int stageIndex, SourceSpan? span)
    {
        if (from.Contains('$', StringComparison.Ordinal))
        {
            _faults.Add(span, "COPY --from takes no variables", "name the image in a stage of its own, FROM $IMAGE AS name, and copy from that");
            return null;
        }

        if (_contexts.TryGetValue(from, out NamedContext? context))
        {
            return context switch
            {
                NamedContext.Folder(var directory) => new CopyOrigin.FromFolder(directory, from),
                NamedContext.OfImage(var reference) when FindImage(reference, span ?? new(1, 1)) is { } given => new CopyOrigin.FromImage(given, reference),
                _ => null,
            };
        }

        if (FindStage(from, stageIndex, numbers: true) is { } earlier)
        {
            return new CopyOrigin.FromStage(earlier);
        }

        if (int.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            _faults.Add(span, $"COPY --from={number}: there is no stage {number} before stage {stageIndex}");
            return null;
        }

        return FindImage(from, span ?? new(1, 1)) is { } image ? new CopyOrigin.FromImage(image, from) : null;
    }

    /// <summary>The triggers of a stage's base image, read.</summary>
    public ImmutableArray<Instruction> TriggersOf(Stage stage) => BaseOf(stage) is StageBase.OfImage(var image, _)
        ? [.. image.Config.OnBuild.Select(text => _faults.Try<Instruction?>(stage.From.Span, () => DockerfileReader.ReadTrigger(text), null)).OfType<Instruction>()]
        : [];

    private IEnumerable<int> NeededBy(Stage stage)
    {
        if (BaseOf(stage) is StageBase.OfStage(var index))
        {
            yield return index;
        }

        foreach (Instruction instruction in TriggersOf(stage).Concat(stage.Instructions))
        {
            foreach (string from in SourcesOf(instruction))
            {
                if (OriginOf(from, stage.Index, instruction.Span) is CopyOrigin.FromStage(var source))
                {
                    yield return source;
                }
            }
        }
    }

    private static IEnumerable<string> SourcesOf(Instruction instruction) => instruction switch
    {
        CopyInstruction { From: { } from } => [from],
        RunInstruction run => run.Mounts.Select(RunMountReader.FromOf).OfType<string>(),
        _ => [],
    };

    private StageBase? RefuseFolder(string name, SourceSpan span)
    {
        _faults.Add(span, $"FROM {name}: the build context of that name is a folder and no image", "begin with FROM scratch and COPY --from=" + name + " / /");
        return null;
    }

    private int? FindStage(string name, int before, bool numbers)
    {
        for (int index = before - 1; index >= 0; index--)
        {
            if (string.Equals(_dockerfile.Stages[index].From.StageName, name, StringComparison.OrdinalIgnoreCase))
            {
                return index;
            }
        }

        return numbers && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < before ? number : null;
    }

    private Image? FindImage(string name, SourceSpan span)
    {
        if (_images.TryGetValue(name, out Image? image))
        {
            return image;
        }

        _missing.TryAdd(name, span);
        return null;
    }

    private static int FindTarget(Dockerfile dockerfile, string? target, PlanFaults faults)
    {
        int last = dockerfile.Stages.Length - 1;
        if (target is null)
        {
            return last;
        }

        for (int index = last; index >= 0; index--)
        {
            if (string.Equals(dockerfile.Stages[index].From.StageName, target, StringComparison.OrdinalIgnoreCase))
            {
                return index;
            }
        }

        if (int.TryParse(target, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= last)
        {
            return number;
        }

        faults.Add(dockerfile.Stages[last].From.Span, $"there is no stage '{target}'", "stages are " + string.Join(", ", dockerfile.Stages.Select(stage => stage.DisplayName)));
        return last;
    }
}
