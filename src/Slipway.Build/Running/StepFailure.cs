using System.Globalization;
using Slipway.Build.Dockerfiles;
using Slipway.Build.Planning;
using Slipway.Content;

namespace Slipway.Build.Running;

/// <summary>Says which instruction failed, where it stands, and why.</summary>
internal static class StepFailure
{
    public static SlipwayException Describe(Dockerfile dockerfile, PlannedStep step, SlipwayException fault)
    {
        string where = step.Span is { } span
            ? string.Create(CultureInfo.InvariantCulture, $"{dockerfile.Name}:{span.StartLine}: {Shorten(step.Instruction)}\n{SourceExcerpt.Of(dockerfile.Lines, span)}\n")
            : $"{dockerfile.Name}: a trigger of the base image: {Shorten(step.Instruction)}\n";
        return new(fault.Kind, where + fault.Message, fault.Hint, fault);
    }

    private static string Shorten(string instruction) => instruction.Length <= 200 ? instruction : instruction[..200] + "…";
}
