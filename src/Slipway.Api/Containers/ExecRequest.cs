namespace Slipway.Api;

/// <summary>A command in a running container.</summary>
public sealed record ExecRequest
{
    public required IReadOnlyList<string> Command { get; init; }

    public IReadOnlyList<string> Environment { get => field ?? []; init; }

    public string? WorkingDirectory { get; init; }

    public string? User { get; init; }

    public bool Tty { get; init; }

    public bool OpenStdin { get; init; }

    public TerminalSize? TerminalSize { get; init; }
}
