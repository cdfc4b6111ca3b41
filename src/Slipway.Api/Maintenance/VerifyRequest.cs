namespace Slipway.Api;

/// <summary>What to verify.</summary>
/// <param name="Target"><c>repo</c> or <c>repo@revision</c>; null: the whole store, with its packs, indexes and records.</param>
/// <param name="Repair">Mend what can be mended.</param>
/// <param name="From">Where good copies are: the home or the blob folder of another store on the server's machine, or the address of another server.</param>
public sealed record VerifyRequest(string? Target = null, bool Repair = false, IReadOnlyList<string>? From = null);
