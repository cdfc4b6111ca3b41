using System.Globalization;
using Slipway.Build.Dockerfiles;
using Slipway.Build.Planning;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Build.Running;

/// <summary>Says which instruction failed, where it stands, and why.</summary>
internal static class StepFailure
{
    /// <summary>A failure of a file call says what kind it is by its error number; a full disk is told apart.</summary>
    public static SlipwayException Describe(Dockerfile dockerfile, PlannedStep step, Exception fault) => fault switch
    {
        SlipwayException known => Describe(dockerfile, step, known),
        LinuxException { Errno: Errno.ENOSPC or Errno.EDQUOT } => Describe(
            dockerfile, step, new SlipwayException(ErrorKind.OutOfSpace, $"the disk is full: {fault.Message}", "Free space, for example by `slipway rmi` of images that are not needed.", fault)),
        _ => Describe(dockerfile, step, new SlipwayException(ErrorKind.Internal, $"a file call failed: {fault.Message}", innerException: fault)),
    };

    private static SlipwayException Describe(Dockerfile dockerfile, PlannedStep step, SlipwayException fault)
    {
        string where = step.Span is { } span
            ? string.Create(CultureInfo.InvariantCulture, $"{dockerfile.Name}:{span.StartLine}: {Shorten(step.Instruction)}\n{SourceExcerpt.Of(dockerfile.Lines, span)}\n")
            : $"{dockerfile.Name}: a trigger of the base image: {Shorten(step.Instruction)}\n";
        return new(fault.Kind, where + fault.Message, fault.Hint, fault);
    }

    private static string Shorten(string instruction) => instruction.Length <= 200 ? instruction : instruction[..200] + "…";
}
