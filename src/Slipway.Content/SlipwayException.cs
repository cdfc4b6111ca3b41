namespace Slipway.Content;

/// <summary>
/// A failure that a person can read: what failed, where and why, and in <see cref="Hint"/> the command or change that mends it.
/// Thrown by every room, translated once at each door.
/// </summary>
public sealed class SlipwayException(ErrorKind kind, string message, string? hint = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>What kind of failure this is.</summary>
    public ErrorKind Kind { get; } = kind;

    /// <summary>How to mend it, as a full sentence or a command; null where nothing useful can be said.</summary>
    public string? Hint { get; } = hint;
}
