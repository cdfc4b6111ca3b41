using Slipway.Content.Blobs;
using Slipway.Data.Tests.Doubles;

namespace Slipway.Data.Tests.Worktrees;

public sealed class InMemoryWorktreeTests : WorktreeSuite
{
    protected override ValueTask<IBlobStore> OpenAsync(string directory) => new(new InMemoryBlobStore());
}

public sealed class LocalWorktreeTests : WorktreeSuite
{
    protected override async ValueTask<IBlobStore> OpenAsync(string directory) => await LocalBlobStore.OpenAsync(directory, default);

    protected override ValueTask CloseAsync(IBlobStore blobs) => ((LocalBlobStore)blobs).DisposeAsync();
}
