namespace Slipway.Engine;

/// <summary>Another process in a running container. What is null is as the container's own.</summary>
public sealed record ExecSpec
{
    /// <summary>The program and its arguments; at least one.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary><c>NAME=value</c> over the container's.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    public string? WorkingDirectory { get; init; }

    /// <summary><c>user[:group]</c> by name or number.</summary>
    public string? User { get; init; }

    public bool Tty { get; init; }

    /// <summary>True: the process has a stdin that the session's streams write.</summary>
    public bool OpenStdin { get; init; }
}
