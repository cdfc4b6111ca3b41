using System.Collections.Immutable;

namespace Slipway.Build.Dockerfiles;

/// <summary>One instruction as it was written, its variables not yet replaced.</summary>
public abstract record Instruction
{
    /// <summary>The lines it stands on, here-documents included.</summary>
    public required SourceSpan Span { get; init; }

    /// <summary>The instruction on one line, continuations joined, for progress and messages.</summary>
    public required string Original { get; init; }
}

/// <summary>A command in shell form (<paramref name="Shell"/>, one argument) or exec form.</summary>
public sealed record CommandLine(bool Shell, ImmutableArray<string> Arguments);

/// <summary>A name and its value; a null value was not given.</summary>
public sealed record NameValue(string Name, string? Value);

public sealed record FromInstruction(string Image, string? Platform, string? StageName) : Instruction;

public sealed record ArgInstruction(ImmutableArray<NameValue> Arguments) : Instruction;

public sealed record EnvInstruction(ImmutableArray<NameValue> Variables) : Instruction;

public sealed record LabelInstruction(ImmutableArray<NameValue> Labels) : Instruction;

/// <param name="Network"><c>default</c>, <c>host</c> or <c>none</c>.</param>
public sealed record RunInstruction(CommandLine Command, ImmutableArray<Heredoc> Heredocs, string Network) : Instruction
{
    /// <summary>The values of <c>--mount</c>, as written.</summary>
    public ImmutableArray<string> Mounts { get; init; } = [];

    /// <summary><c>--security=insecure</c>: with all capabilities and no filter of system calls.</summary>
    public bool IsInsecure { get; init; }
}

/// <summary>COPY or, with <see cref="IsAdd"/>, ADD.</summary>
public sealed record CopyInstruction(ImmutableArray<string> Sources, string Destination, ImmutableArray<Heredoc> Heredocs) : Instruction
{
    public bool IsAdd { get; init; }

    public string? From { get; init; }

    public string? Owner { get; init; }

    public string? Mode { get; init; }

    public string? Checksum { get; init; }

    /// <summary>Patterns of what is left out.</summary>
    public ImmutableArray<string> Excludes { get; init; } = [];

    /// <summary>The sources' directories are kept below the destination.</summary>
    public bool KeepsParents { get; init; }

    /// <summary>Of a git repository its <c>.git</c> comes along.</summary>
    public bool KeepsGitDirectory { get; init; }

    /// <summary>Whether archives are unpacked; null: those of the context are, downloads are not.</summary>
    public bool? Unpacks { get; init; }
}

public sealed record WorkdirInstruction(string Path) : Instruction;

public sealed record UserInstruction(string User) : Instruction;

public sealed record ExposeInstruction(ImmutableArray<string> Ports) : Instruction;

public sealed record EntrypointInstruction(CommandLine Command) : Instruction;

public sealed record CmdInstruction(CommandLine Command) : Instruction;

public sealed record ShellInstruction(ImmutableArray<string> Arguments) : Instruction;

public sealed record VolumeInstruction(ImmutableArray<string> Paths) : Instruction;

public sealed record StopSignalInstruction(string Signal) : Instruction;

public sealed record HealthcheckInstruction(Images.Healthcheck Healthcheck) : Instruction;

/// <param name="Trigger">The instruction that runs in a build from the image, as written.</param>
public sealed record OnBuildInstruction(string Trigger) : Instruction;

public sealed record MaintainerInstruction(string Name) : Instruction;
