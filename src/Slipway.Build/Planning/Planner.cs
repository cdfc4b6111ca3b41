using System.Collections.Immutable;
using Slipway.Build.Dockerfiles;
using Slipway.Images;

namespace Slipway.Build.Planning;

/// <summary>Turns a Dockerfile and the images that it stands on into a <see cref="BuildPlan"/>. Pure: it reads no file and no clock.</summary>
public static class Planner
{
    /// <summary>
    /// The names of images that must be found before <see cref="Plan"/>, given those found so far, with the lines that name them. Empty: plan now.
    /// </summary>
    /// <exception cref="Content.SlipwayException"><see cref="Content.ErrorKind.InvalidArgument"/>: faults of the Dockerfile.</exception>
    public static IReadOnlyDictionary<string, SourceSpan> FindMissingImages(Dockerfile dockerfile, PlanRequest request, IReadOnlyDictionary<string, Image> images)
    {
        PlanFaults faults = new(dockerfile.Name, dockerfile.Lines);
        StageGraph graph = StageGraph.Of(dockerfile, request, images, new(dockerfile, request, faults), faults);
        faults.ThrowIfAny();
        return graph.MissingImages;
    }

    /// <summary>The plan of the stages that the target needs.</summary>
    /// <param name="images">By the names that <see cref="FindMissingImages"/> asked for.</param>
    /// <exception cref="Content.SlipwayException"><see cref="Content.ErrorKind.InvalidArgument"/>: faults of the Dockerfile, all at once.</exception>
    public static BuildPlan Plan(Dockerfile dockerfile, PlanRequest request, IReadOnlyDictionary<string, Image> images)
    {
        PlanFaults faults = new(dockerfile.Name, dockerfile.Lines);
        GlobalScope global = new(dockerfile, request, faults);
        StageGraph graph = StageGraph.Of(dockerfile, request, images, global, faults);
        Dictionary<int, PlannedStage> planned = [];
        foreach (int index in graph.Needed)
        {
            Stage stage = dockerfile.Stages[index];
            CheckPlatform(stage, request, global, dockerfile.Escape, faults);
            StageBase? start = graph.BaseOf(stage);
            ImageConfig? config = start switch
            {
                StageBase.OfImage(var image, _) => image.Config with { OnBuild = [], Created = request.Created },
                StageBase.OfStage(var earlier) => planned.TryGetValue(earlier, out PlannedStage? before) ? before.Config with { OnBuild = [] } : null,
                StageBase.Scratch => new ImageConfig { Architecture = request.Architecture, Created = request.Created }.WithEnv("PATH", DefaultPath),
                _ => null,
            };
            if (start is not null && config is not null)
            {
                StagePlanner planner = new(stage, config, graph, global, dockerfile.Escape, request.Created, faults);
                planned[index] = planner.Plan(start);
            }
        }

        faults.ThrowIfAny();
        PlannedStage target = WithLabels(planned[graph.Target], request.Labels);
        return new([.. planned.Values.OrderBy(stage => stage.Index).Select(stage => stage.Index == target.Index ? target : stage)], target, Unused(dockerfile, request));
    }

    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static PlannedStage WithLabels(PlannedStage stage, IReadOnlyDictionary<string, string> labels) =>
        stage with { Config = stage.Config with { Labels = stage.Config.Labels.SetItems(labels) } };

    private static void CheckPlatform(Stage stage, PlanRequest request, GlobalScope global, char escape, PlanFaults faults)
    {
        if (stage.From.Platform is not { } written)
        {
            return;
        }

        string platform = faults.Try(stage.From.Span, () => new WordExpander(escape).ExpandWord(written, global.Find), "");
        string[] parts = platform.Split('/');
        if (parts.Length < 2 || parts[0] != "linux" || parts[1] != request.Architecture)
        {
            faults.Add(stage.From.Span, $"FROM --platform={platform} is not this machine's platform", $"builds for linux/{request.Architecture} are supported");
        }
    }

    private static ImmutableArray<string> Unused(Dockerfile dockerfile, PlanRequest request)
    {
        HashSet<string> declared = [.. GlobalScope.Proxies, "SOURCE_DATE_EPOCH"];
        declared.UnionWith(dockerfile.GlobalArguments.Concat(dockerfile.Stages.SelectMany(stage => stage.Instructions).OfType<ArgInstruction>())
            .SelectMany(instruction => instruction.Arguments)
            .Select(argument => argument.Name));
        string[] unused = [.. request.BuildArgs.Keys.Where(name => !declared.Contains(name) && !name.StartsWith("BUILDKIT_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        return unused.Length == 0 ? [] : [$"no ARG declares the build arguments {string.Join(", ", unused)}"];
    }
}
