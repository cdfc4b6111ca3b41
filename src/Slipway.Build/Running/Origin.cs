using Slipway.Build.Contexts;
using Slipway.Content;
using Slipway.Engine;

namespace Slipway.Build.Running;

/// <summary>Somewhere that COPY takes files from, opened once for a build.</summary>
/// <param name="Stack">The layers that it stands on; null for the context.</param>
internal sealed record Origin(SourceTree Tree, TreeHasher Hasher, LayerStack? Stack, OverlayMount? Mount, string Description) : IAsyncDisposable
{
    public bool IsContext => Stack is null;

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
internal sealed class Origins(string contextDirectory, SnapshotStore snapshots, BuildScratch scratch) : IAsyncDisposable
{
    private readonly Dictionary<Digest, Origin> _stacks = [];
    private Origin? _context;

    public Origin Context
    {
        get
        {
            if (_context is null)
            {
                SourceTree tree = SourceTree.Open(contextDirectory);
                _context = new(tree, new(tree, withOwners: false), null, null, "the build context");
            }

            return _context;
        }
    }

    public async ValueTask<Origin> OpenAsync(LayerStack stack, string description, CancellationToken cancellationToken)
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

    public async ValueTask DisposeAsync()
    {
        foreach (Origin origin in _stacks.Values.Append(_context).OfType<Origin>())
        {
            await origin.DisposeAsync();
        }
    }
}
