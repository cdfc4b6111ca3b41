using Slipway.Content;

namespace Slipway.Build;

/// <summary>Something that happened in a build, in order.</summary>
public abstract record BuildEvent;

/// <param name="Number">From 1, within the whole build.</param>
/// <param name="Total">How many steps there are.</param>
/// <param name="Stage">The stage's name or number.</param>
/// <param name="Instruction">As it stands in the Dockerfile, on one line.</param>
public sealed record StepStarted(int Number, int Total, string Stage, string Instruction, int Line) : BuildEvent;

/// <param name="Text">A piece of output as the command wrote it, line ends included; not always whole lines.</param>
public sealed record StepOutput(int Number, bool Stderr, string Text) : BuildEvent;

public sealed record StepFinished(int Number, bool Cached, TimeSpan Elapsed) : BuildEvent;

/// <summary>A base image comes from its registry.</summary>
/// <param name="Done">Bytes, of <paramref name="Total"/> that are known to be needed.</param>
public sealed record ImagePull(string Image, long Done, long Total) : BuildEvent;

public sealed record BuildWarning(string Text, int? Line) : BuildEvent;

/// <summary>Something that takes its time besides the steps: a shared cache is read or written.</summary>
public sealed record BuildNote(string Text) : BuildEvent;

/// <summary>The files as a failed step left them are an image without a name, whose command is the step's shell.</summary>
public sealed record FailureKept(string Instruction, Digest Image) : BuildEvent;
