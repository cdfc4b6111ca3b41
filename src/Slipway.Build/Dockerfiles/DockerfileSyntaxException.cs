namespace Slipway.Build.Dockerfiles;

/// <summary>One fault inside one instruction; caught where the instruction's line is known and turned into a <see cref="Diagnostic"/>.</summary>
internal sealed class DockerfileSyntaxException(string message, string? hint = null) : Exception(message)
{
    public string? Hint { get; } = hint;
}
