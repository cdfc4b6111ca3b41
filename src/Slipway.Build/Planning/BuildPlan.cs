using System.Collections.Immutable;
using Slipway.Images;

namespace Slipway.Build.Planning;

/// <summary>What a build will do, decided without touching a file: the stages that the target needs, in an order in which they can be built.</summary>
/// <param name="Target">The stage whose files and config are the image: the last of <paramref name="Stages"/>.</param>
public sealed record BuildPlan(ImmutableArray<PlannedStage> Stages, PlannedStage Target, ImmutableArray<string> Warnings)
{
    /// <summary>How many steps make layers.</summary>
    public int StepCount => Stages.Sum(stage => stage.Steps.Length);
}

/// <summary>One stage: where its files begin, what changes them, and the config that results (its diff ids not yet known).</summary>
public sealed record PlannedStage(int Index, string Name, StageBase Base, ImmutableArray<PlannedStep> Steps, ImageConfig Config)
{
    /// <summary>The stages that must be built before this one.</summary>
    public IEnumerable<int> Needs => Steps.SelectMany(OriginsOf).OfType<CopyOrigin.FromStage>().Select(origin => origin.Index)
        .Concat(Base is StageBase.OfStage(var index) ? [index] : []).Distinct();

    private static IEnumerable<CopyOrigin?> OriginsOf(PlannedStep step) => step switch
    {
        CopyStep copy => [copy.From],
        RunStep run => run.Mounts.Select(mount => mount.Origin),
        _ => [],
    };
}

/// <summary>What a stage's files begin with.</summary>
public abstract record StageBase
{
    /// <summary>Nothing.</summary>
    public sealed record Scratch : StageBase;

    /// <summary>An image's layers.</summary>
    public sealed record OfImage(Image Image, string Name) : StageBase;

    /// <summary>An earlier stage's layers.</summary>
    public sealed record OfStage(int Index) : StageBase;
}
