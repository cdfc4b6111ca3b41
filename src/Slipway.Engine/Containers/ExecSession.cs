namespace Slipway.Engine;

/// <summary>A process that was started in a running container. Read its streams to their end, then wait for its exit code.</summary>
public sealed class ExecSession : IAsyncDisposable
{
    private readonly Task<int> _exit;

    internal ExecSession(ContainerStreams streams, int pid, Task<int> exit)
    {
        Streams = streams;
        Pid = pid;
        _exit = exit;
    }

    /// <summary>The process's stdin, stdout and stderr; nothing of its output is missed.</summary>
    public ContainerStreams Streams { get; }

    /// <summary>The process, as the host numbers it.</summary>
    public int Pid { get; }

    /// <summary>The process's exit code, 128 + n where signal n ended it.</summary>
    public async ValueTask<int> WaitAsync(CancellationToken cancellationToken) => await _exit.WaitAsync(cancellationToken);

    /// <summary>Tells the process's terminal its size in characters.</summary>
    public ValueTask ResizeAsync(int rows, int columns, CancellationToken cancellationToken) => Streams.ResizeAsync(rows, columns, cancellationToken);

    /// <summary>Lets go of the streams; the process runs on.</summary>
    public ValueTask DisposeAsync() => Streams.DisposeAsync();
}
