namespace Slipway.Api;

/// <summary>What takes how much room in the server's home.</summary>
/// <param name="Kinds">By kind; the last, "all", is the whole, in which what kinds share counts once.</param>
/// <param name="CacheMounts">What RUN --mount=type=cache keeps, largest first.</param>
public sealed record StoreRoomInfo(IReadOnlyList<RoomEntry> Kinds, IReadOnlyList<CacheMountInfo> CacheMounts);

/// <summary>How much room one kind of thing takes.</summary>
/// <param name="Count">How many there are; null where they are not counted.</param>
/// <param name="Active">How many of them something uses now; null where that says nothing.</param>
/// <param name="Size">Bytes, each blob once; what two kinds share counts in both.</param>
/// <param name="Reclaimable">Bytes that can go and be made or fetched again; null where a person must decide.</param>
public sealed record RoomEntry(string Kind, long? Count, long? Active, long Size, long? Reclaimable);

/// <summary>A cache mount of builds.</summary>
/// <param name="Used">When a step last had it.</param>
/// <param name="Active">A step has it just now.</param>
public sealed record CacheMountInfo(string Id, long Size, DateTimeOffset Used, bool Active);
