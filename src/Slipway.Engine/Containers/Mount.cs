namespace Slipway.Engine;

/// <summary>A host file or directory that a container sees at <paramref name="Target"/>.</summary>
/// <param name="Source">An absolute path on the host; it must exist.</param>
/// <param name="Target">An absolute path in the container; made where it is absent, and never resolved outside the container's root.</param>
/// <param name="ReadOnly">The container cannot write there, nor below it.</param>
public sealed record Mount(string Source, string Target, bool ReadOnly);

/// <summary>An empty folder in memory that a container sees at <paramref name="Target"/>.</summary>
/// <param name="Target">As of <see cref="Mount"/>.</param>
/// <param name="Size">Bytes that it may hold; null is half of the memory.</param>
/// <param name="Mode">Its permission bits.</param>
public sealed record MemoryFolder(string Target, long? Size, int Mode);
