namespace Slipway.Engine;

/// <summary>
/// A client's end of a process's stdin, stdout and stderr. One reader and one writer at a time, which must not wait for each other: a
/// process whose output nobody reads comes to a halt. Disposing it leaves the process running.
/// </summary>
public abstract class ContainerStreams : IAsyncDisposable
{
    /// <summary>The next bytes that the process wrote, or null once it has ended and everything was read.</summary>
    public abstract ValueTask<StreamChunk?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Writes all of <paramref name="content"/> to the process's stdin; silently drops it where the process has closed its stdin or ended.</summary>
    public abstract ValueTask WriteStdinAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Ends the process's stdin. Output can still be read.</summary>
    public abstract ValueTask CloseStdinAsync(CancellationToken cancellationToken);

    /// <summary>Tells the process's terminal its size in characters; nothing happens without a terminal.</summary>
    public abstract ValueTask ResizeAsync(int rows, int columns, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
