using System.Collections.Immutable;

namespace Slipway.Content.Blobs.Packs;

/// <summary>What one round of syncs owes to the segments.</summary>
/// <param name="Dirty">To be synced.</param>
/// <param name="Full">Written to their end: to be sealed once they are synced.</param>
/// <param name="NamesChanged">The folder of segments is to be synced.</param>
internal sealed record PackFlush(ImmutableArray<OpenPack> Dirty, ImmutableArray<OpenPack> Full, bool NamesChanged);
