using System.Collections.Immutable;
using Slipway.Content;

namespace Slipway.Build.Dockerfiles;

/// <summary>A stage: its FROM and what follows.</summary>
public sealed record Stage(int Index, FromInstruction From, ImmutableArray<Instruction> Instructions)
{
    /// <summary>The name given by AS, else the number.</summary>
    public string DisplayName => From.StageName ?? Index.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A Dockerfile that has no faults in its syntax.</summary>
/// <param name="GlobalArguments">The ARGs before the first FROM.</param>
public sealed record Dockerfile(
    string Name, ImmutableArray<string> Lines, char Escape, ImmutableArray<ArgInstruction> GlobalArguments, ImmutableArray<Stage> Stages)
{
    /// <summary>Reads a Dockerfile.</summary>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: all its faults, each with its lines.</exception>
    public static Dockerfile Parse(string text, string name)
    {
        DockerfileResult result = DockerfileReader.Read(text, name);
        return result.Dockerfile ?? throw SourceExcerpt.Failure(name, result.Lines, result.Faults);
    }
}

/// <summary>What reading gave: the Dockerfile, or every fault in it.</summary>
public sealed record DockerfileResult(Dockerfile? Dockerfile, ImmutableArray<string> Lines, ImmutableArray<Diagnostic> Faults);
