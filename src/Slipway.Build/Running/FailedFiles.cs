using System.Collections.Immutable;
using Slipway.Build.Planning;
using Slipway.Images;

namespace Slipway.Build.Running;

/// <summary>Keeps the files as a step that failed left them, and how it ran, so that a person can look around in them. The first failure is kept.</summary>
internal sealed class FailedFiles
{
    private const string DefaultShell = "/bin/sh";

    private Failure? _first;

    /// <summary>Null while nothing failed, or where what failed began with no files at all.</summary>
    public Failure? First => _first;

    /// <param name="parent">The files that the step began with.</param>
    /// <param name="change">What its command had changed when it ended; null for steps without a command.</param>
    public void Keep(PlannedStage stage, PlannedStep step, LayerStack parent, Layer? change)
    {
        LayerStack files = change is null ? parent : parent.With(change);
        if (!files.Layers.IsEmpty)
        {
            Interlocked.CompareExchange(ref _first, new(step.Instruction, files, ConfigOf(stage, step)), null);
        }
    }

    // A shell in the place of the command; for the rest a container of this image is what the step's was.
    private static ImageConfig ConfigOf(PlannedStage stage, PlannedStep step) => step is RunStep run
        ? new() { Env = run.Environment, User = run.User, WorkingDir = run.WorkingDirectory, Cmd = [ShellOf(run.Arguments)] }
        : new() { Env = stage.Config.Env, Cmd = [ShellOf(stage.Config.Shell ?? [])] };

    private static string ShellOf(ImmutableArray<string> arguments) => arguments is [var shell, "-c", ..] ? shell : DefaultShell;

    internal sealed record Failure(string Instruction, LayerStack Files, ImageConfig Config);
}
