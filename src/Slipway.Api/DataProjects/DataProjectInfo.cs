namespace Slipway.Api;

/// <summary>A project for repos.</summary>
/// <param name="Encrypted">Its content is sealed on the disk.</param>
/// <param name="Locked">Why its keys could not be opened; absent where they were, and where it is not encrypted.</param>
/// <param name="MasterKey">The id of the master key that wraps its keys.</param>
/// <param name="DataKeys">Its data keys, oldest first; the last seals what is new.</param>
public sealed record DataProjectInfo(
    string Name,
    DateTimeOffset Created,
    string? Description = null,
    bool Encrypted = false,
    string? Locked = null,
    string? MasterKey = null,
    IReadOnlyList<DataKeyInfo>? DataKeys = null);

/// <summary>One data key, without its secret.</summary>
public sealed record DataKeyInfo(string Id, DateTimeOffset Created);
