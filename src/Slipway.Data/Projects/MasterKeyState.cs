using Slipway.Content.Keys;

namespace Slipway.Data.Projects;

/// <summary>The master key that the server was given, or why it has none.</summary>
/// <param name="Missing">Where <paramref name="Key"/> is null: what is wrong, in words that follow "because".</param>
public sealed record MasterKeyState(MasterKey? Key, string Missing)
{
    /// <summary>Nobody gave one.</summary>
    public static MasterKeyState None { get; } = new(null, "the server was given no master key");
}
