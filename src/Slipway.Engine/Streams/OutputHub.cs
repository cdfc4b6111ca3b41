using System.Threading.Channels;

namespace Slipway.Engine;

/// <summary>The streams of a process whose pipes are ours: its output goes to every client that has joined, each of which it waits for.</summary>
internal sealed class OutputHub(bool openStdin)
{
    /// <summary>So many pieces wait for a client before the process does.</summary>
    private const int MostWaiting = 64;

    private readonly bool _openStdin = openStdin;
    private readonly List<HubStreams> _clients = [];
    private readonly TaskCompletionSource<Stream?> _stdin = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isOver;

    public ContainerStreams Attach()
    {
        HubStreams client = new(this);
        lock (_clients)
        {
            if (_isOver)
            {
                client.Output.Writer.TryComplete();
            }
            else
            {
                _clients.Add(client);
            }
        }

        return client;
    }

    /// <summary>The process's stdin, once it runs.</summary>
    public void Feed(Stream stdin) => _stdin.TrySetResult(stdin);

    /// <param name="content">Is copied.</param>
    public async ValueTask WriteAsync(StreamKind kind, ReadOnlyMemory<byte> content)
    {
        HubStreams[] clients;
        lock (_clients)
        {
            clients = [.. _clients];
        }

        foreach (HubStreams client in clients)
        {
            try
            {
                await client.Output.Writer.WriteAsync(new StreamChunk(kind, content.ToArray()));
            }
            catch (ChannelClosedException)
            {
                // It has left.
            }
        }
    }

    /// <summary>The process has ended, or there will be none.</summary>
    public void End()
    {
        _stdin.TrySetResult(null);
        lock (_clients)
        {
            _isOver = true;
            foreach (HubStreams client in _clients)
            {
                client.Output.Writer.TryComplete();
            }

            _clients.Clear();
        }
    }

    private void Leave(HubStreams client)
    {
        lock (_clients)
        {
            _clients.Remove(client);
        }

        client.Output.Writer.TryComplete();
    }

    private sealed class HubStreams(OutputHub hub) : ContainerStreams
    {
        public Channel<StreamChunk> Output { get; } = Channel.CreateBounded<StreamChunk>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

        public override async ValueTask<StreamChunk?> ReadAsync(CancellationToken cancellationToken) =>
            await Output.Reader.WaitToReadAsync(cancellationToken) && Output.Reader.TryRead(out StreamChunk chunk) ? chunk : null;

        public override async ValueTask WriteStdinAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        {
            if (!hub._openStdin || await hub._stdin.Task.WaitAsync(cancellationToken) is not { } stdin)
            {
                return;
            }

            try
            {
                await stdin.WriteAsync(content, cancellationToken);
                await stdin.FlushAsync(cancellationToken);
            }
            catch (Exception fault) when (fault is IOException or ObjectDisposedException)
            {
                // The process has ended, or closed its stdin; nobody is there to read.
            }
        }

        public override async ValueTask CloseStdinAsync(CancellationToken cancellationToken)
        {
            if (!hub._openStdin || await hub._stdin.Task.WaitAsync(cancellationToken) is not { } stdin)
            {
                return;
            }

            try
            {
                await stdin.DisposeAsync();
            }
            catch (IOException)
            {
                // The process has ended already.
            }
        }

        public override ValueTask ResizeAsync(int rows, int columns, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public override ValueTask DisposeAsync()
        {
            hub.Leave(this);
            return ValueTask.CompletedTask;
        }
    }
}
