using Slipway.Content;

namespace Slipway.Engine;

/// <summary>One container in this process: what is known of it, and whoever waits for it. Changed only by who holds <see cref="Gate"/>.</summary>
internal sealed class Container(ContainerInfo info, ContainerFiles files)
{
    private readonly List<SocketStreams> _waiting = [];
    private volatile ContainerInfo _info = info;

    public ContainerId Id => _info.Id;

    public ContainerFiles Files => files;

    /// <summary>The last consistent view; readable without the gate.</summary>
    public ContainerInfo Info
    {
        get => _info;
        set => _info = value;
    }

    /// <summary>Held while the container is created, started, finished or removed.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    public Supervisor? Supervisor { get; set; }

    /// <summary>The run of a container whose runtime is our child; null where conmon looks after it.</summary>
    public Foreground? Foreground { get; set; }

    /// <summary>The mounted root while it runs.</summary>
    public OverlayMount? Root { get; set; }

    /// <summary>Keeps the image's snapshots.</summary>
    public IDisposable? Snapshots { get; set; }

    /// <summary>Answers who waits for the end; a new one for every start after an end.</summary>
    public TaskCompletionSource<ExitStatus> Exit { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What follows a start to its end.</summary>
    public Task Following { get; set; } = Task.CompletedTask;

    /// <summary>The runtime's own clean-up after the last end.</summary>
    public Task Deleting { get; set; } = Task.CompletedTask;

    /// <summary>The terminal's size that a client has asked for last.</summary>
    public TerminalExtent? Terminal { get; set; }

    public bool IsRemoved { get; set; }

    /// <summary>Takes streams that were attached before the start.</summary>
    public void AddWaiting(SocketStreams streams)
    {
        lock (_waiting)
        {
            _waiting.Add(streams);
        }
    }

    /// <summary>Connects them, or ends them where <paramref name="directory"/> is null.</summary>
    public void ReleaseWaiting(string? directory)
    {
        SocketStreams[] waiting;
        lock (_waiting)
        {
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        foreach (SocketStreams streams in waiting)
        {
            if (directory is null)
            {
                streams.End();
            }
            else
            {
                streams.Connect(directory);
            }
        }
    }

    public SlipwayException Refuse(string what, string hint) => new(ErrorKind.FailedPrecondition, $"container '{_info.Name}' {what}", hint);
}
