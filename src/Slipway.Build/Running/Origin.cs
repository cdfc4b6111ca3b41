using Slipway.Build.Contexts;
using Slipway.Content;
using Slipway.Engine;

namespace Slipway.Build.Running;

/// <summary>Somewhere that COPY takes files from, opened once for a build.</summary>
/// <param name="Stack">The layers that it stands on; null for the context.</param>
internal sealed record Origin(SourceTree Tree, TreeHasher Hasher, LayerStack? Stack, OverlayMount? Mount, string Description) : IAsyncDisposable
{
    public bool IsContext => Stack is null && !IsNamed;

    /// <summary>A folder that the caller gave under a name.</summary>
    public bool IsNamed { get; init; }

    public async ValueTask DisposeAsync()
    {
        Tree.Dispose();
        if (Mount is not null)
        {
            await Mount.DisposeAsync();
        }
    }
}

/// <summary>The origins of one build, each opened when a step first reads it, so that a cached build mounts nothing.</summary>
internal sealed class Origins(BuildRequest request, SnapshotStore snapshots, BuildScratch scratch) : IAsyncDisposable
{
    private readonly Dictionary<Digest, Origin> _stacks = [];
    private readonly Dictionary<string, Origin> _folders = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private Origin? _context;

    /// <summary>The build's context.</summary>
    public Origin Context
    {
        get
        {
            lock (_folders)
            {
                return _context ??= OpenFolder(request.ContextDirectory, "the build context", isNamed: false);
            }
        }
    }

    /// <summary>A folder that the caller gave under a name.</summary>
    public Origin OfFolder(string directory, string name)
    {
        lock (_folders)
        {
            return _folders.TryGetValue(name, out Origin? origin) ? origin : _folders[name] = OpenFolder(directory, $"the build context '{name}'", isNamed: true);
        }
    }

    public async ValueTask<Origin> OpenAsync(LayerStack stack, string description, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            Digest id = stack.ChainId ?? default;
            if (!_stacks.TryGetValue(id, out Origin? origin))
            {
                Rootfs rootfs = await snapshots.PrepareAsync(stack.AsImage(), cancellationToken);
                OverlayMount mount = OverlayMount.MountReadOnly(rootfs.LowerDirectories, scratch.NewFolder("from"));
                SourceTree tree = SourceTree.Open(mount.Target);
                origin = new(tree, new(tree, withOwners: true), stack, mount, description);
                _stacks.Add(id, origin);
            }

            return origin;
        }
        finally
        {
            _gate.Release();
        }
    }

    private Origin OpenFolder(string directory, string description, bool isNamed)
    {
        SourceTree tree = SourceTree.Open(directory, isOurs: request.OwnsContexts, isNamed ? null : request.InPlace);
        return new(tree, new(tree, withOwners: false), null, null, description) { IsNamed = isNamed };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Origin origin in _stacks.Values.Concat(_folders.Values).Append(_context).OfType<Origin>())
        {
            await origin.DisposeAsync();
        }

        _gate.Dispose();
    }
}
