using System.Text.Json.Serialization;

namespace Slipway.Api;

/// <summary>One line of a build's progress. Serialise it as this base type, so that the line says its kind.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(BuildStepStarted), "stepStarted")]
[JsonDerivedType(typeof(BuildStepOutput), "stepOutput")]
[JsonDerivedType(typeof(BuildStepFinished), "stepFinished")]
[JsonDerivedType(typeof(BuildPull), "pull")]
[JsonDerivedType(typeof(BuildWarning), "warning")]
[JsonDerivedType(typeof(BuildNote), "note")]
[JsonDerivedType(typeof(BuildFailureKept), "failureKept")]
[JsonDerivedType(typeof(BuildFinding), "finding")]
[JsonDerivedType(typeof(BuildCompleted), "result")]
[JsonDerivedType(typeof(BuildFailed), "error")]
[JsonDerivedType(typeof(BuildDeclined), "declined")]
public abstract record BuildProgress;

/// <param name="Number">From 1; <paramref name="Total"/> steps are planned in all.</param>
/// <param name="Stage">The stage's name, or its number.</param>
/// <param name="Line">The instruction's line in the Dockerfile, from 1.</param>
public sealed record BuildStepStarted(int Number, int Total, string Stage, string Instruction, int Line) : BuildProgress;

/// <summary>A piece of what a step printed.</summary>
public sealed record BuildStepOutput(int Number, bool Stderr, string Text) : BuildProgress;

/// <param name="Cached">The answer was known: nothing ran.</param>
/// <param name="Seconds">Elapsed.</param>
public sealed record BuildStepFinished(int Number, bool Cached, double Seconds) : BuildProgress;

/// <summary>How much of a base image has come from its registry.</summary>
/// <param name="Done">Bytes, of <paramref name="Total"/> that are known to be needed; both 0 when it begins.</param>
public sealed record BuildPull(string Image, long Done, long Total) : BuildProgress;

/// <summary>Something that the build put up with, and that its author should know.</summary>
public sealed record BuildWarning(string Text) : BuildProgress;

/// <summary>Something that takes its time besides the steps: a shared cache is read or written.</summary>
public sealed record BuildNote(string Text) : BuildProgress;

/// <summary>The files as a failed step left them, to look around in. Whoever asked for it removes the image.</summary>
/// <param name="Image">The digest of an image without a name; its command is the step's shell.</param>
public sealed record BuildFailureKept(string Instruction, string Image) : BuildProgress;

/// <summary>What a check found.</summary>
/// <param name="Rule">BuildKit's documented name.</param>
/// <param name="Line">In the Dockerfile, from 1.</param>
public sealed record BuildFinding(string Rule, int Line, string Message) : BuildProgress;

/// <param name="Digest">The image's manifest digest.</param>
public sealed record BuildCompleted(string Digest, IReadOnlyList<string> Tags, int StepsRun, int StepsCached, long Size) : BuildProgress
{
    /// <summary>The digest of the image's config.</summary>
    public string ConfigDigest { get; init; } = "";

    /// <summary>Bytes of the manifest.</summary>
    public long ManifestSize { get; init; }
}

/// <summary>The last line of a build that failed: why.</summary>
public sealed record BuildFailed(ProblemDetails Problem) : BuildProgress;

/// <summary>The only line of a local build that the server cannot read the context of: the context is to be sent.</summary>
public sealed record BuildDeclined(string Reason) : BuildProgress;
