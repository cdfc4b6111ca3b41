using System.Collections.Immutable;
using Slipway.Build.Dockerfiles;
using Slipway.Images;

namespace Slipway.Build.Planning;

/// <summary>A step that makes a layer, with all its variables replaced: nothing of the Dockerfile's state is needed to run it.</summary>
public abstract record PlannedStep
{
    /// <summary>As it stands in the Dockerfile.</summary>
    public required string Instruction { get; init; }

    /// <summary>Where it stands; null for a trigger of the base image.</summary>
    public required SourceSpan? Span { get; init; }
}

/// <summary>Runs a program over the files so far.</summary>
/// <param name="Arguments">The program and its arguments; the shell is among them.</param>
/// <param name="Environment"><c>NAME=value</c>: the image's, then the ARGs that no ENV hides.</param>
/// <param name="ProxyEnvironment">Given to the program, and no part of the step's identity.</param>
public sealed record RunStep(
    ImmutableArray<string> Arguments,
    ImmutableArray<string> Environment,
    ImmutableArray<string> ProxyEnvironment,
    string User,
    string WorkingDirectory,
    bool HasNetwork) : PlannedStep
{
    /// <summary>A here-document that begins with <c>#!</c>: the program itself, which the arguments name.</summary>
    public ScriptFile? Script { get; init; }

    /// <summary>What the program sees besides the files so far.</summary>
    public ImmutableArray<PlannedMount> Mounts { get; init; } = [];

    /// <summary>With all capabilities and no filter of system calls.</summary>
    public bool IsInsecure { get; init; }
}

/// <summary>A file that is shown to a RUN, read-only, at an absolute path.</summary>
public sealed record ScriptFile(string Path, string Content);

/// <summary>Puts files from the context, a stage or an image into the files so far: COPY and ADD.</summary>
/// <param name="Sources">Paths from the source's root, possibly with wildcards; of an ADD also URLs.</param>
/// <param name="Destination">Absolute, with a trailing slash where a directory is meant.</param>
/// <param name="Inline">Files whose content stands in the Dockerfile.</param>
public sealed record CopyStep(ImmutableArray<string> Sources, string Destination, CopyOrigin From, ImmutableArray<InlineFile> Inline) : PlannedStep
{
    public bool IsAdd { get; init; }

    /// <summary><c>user[:group]</c>, or null for the source's owner (of the context: root).</summary>
    public string? Owner { get; init; }

    /// <summary>The permission bits for all that is copied, or null for the source's.</summary>
    public ModeChange? Mode { get; init; }

    /// <summary>What a URL's content must be: a digest, or of a git repository the commit.</summary>
    public string? Checksum { get; init; }

    /// <summary>Patterns, as .dockerignore has them, of what is left out of a source.</summary>
    public ImmutableArray<string> Excludes { get; init; } = [];

    /// <summary>The sources' directories are kept below the destination.</summary>
    public bool KeepsParents { get; init; }

    /// <summary>Of a git repository its <c>.git</c> comes along.</summary>
    public bool KeepsGitDirectory { get; init; }

    /// <summary>Whether archives are unpacked; null: local ones are, downloads are not.</summary>
    public bool? Unpacks { get; init; }
}

/// <summary>A file of a here-document.</summary>
public sealed record InlineFile(string Name, string Content);

/// <summary>Makes a directory, owned by <paramref name="User"/>.</summary>
public sealed record WorkdirStep(string Path, string User) : PlannedStep;

/// <summary>Where a COPY takes its files.</summary>
public abstract record CopyOrigin
{
    /// <summary>The build's context.</summary>
    public sealed record Context : CopyOrigin;

    /// <summary>An earlier stage.</summary>
    public sealed record FromStage(int Index) : CopyOrigin;

    /// <summary>Another image.</summary>
    public sealed record FromImage(Image Image, string Name) : CopyOrigin;

    /// <summary>A folder that the caller gave under a name.</summary>
    public sealed record FromFolder(string Directory, string Name) : CopyOrigin;
}
