using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Keys;
using Slipway.Data.Contents;
using Slipway.Data.Projects;
using Slipway.Data.Repos;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;

namespace Slipway.Data.Tests.Projects;

public sealed class DataProjectStoreTests : IAsyncDisposable
{
    private static readonly MasterKey First = MasterKey.Parse([.. Enumerable.Repeat((byte)1, 32)]);
    private static readonly MasterKey Second = MasterKey.Parse([.. Enumerable.Repeat((byte)2, 32)]);
    private readonly InMemoryMetadataStore _metadata = new();
    private readonly InMemoryBlobStore _blobs = new();
    private readonly Dictionary<DataProjectStore, RepoContents> _contents = [];

    public ValueTask DisposeAsync() => _metadata.DisposeAsync();

    [Fact]
    public async Task A_project_opens_again_with_its_master_key_alone()
    {
        DataProjectStore made = await OpenAsync(First);
        DataProject project = await made.CreateAsync("clinic", "scans", encrypt: true, default);
        Assert.Equal(First.Id, project.Seal!.MasterKey);
        Digest file = await ContentOf(made, "clinic/scans").Blobs.PutTextAsync("ada");
        await ContentOf(made, "clinic/scans").Blobs.FlushAsync(default);

        DataProjectStore same = await OpenAsync(First);
        Assert.Equal("ada"u8.ToArray(), await ContentOf(same, "clinic/other").Blobs.ReadAllAsync(file, default));
        Assert.Null(await ContentOf(same, "plain").Blobs.FindAsync(file, default));
        foreach (DataProjectStore other in new[] { await OpenAsync(Second), await OpenAsync(null) })
        {
            Assert.True(other.IsLocked("clinic"));
            SlipwayException locked = await Edits.FailsAsync(async () => await ContentOf(other, "clinic/scans").Blobs.FindAsync(file, default));
            Assert.Equal(ErrorKind.FailedPrecondition, locked.Kind);
            Assert.Contains("SLIPWAY_MASTER_KEY_FILE", locked.Hint!, StringComparison.Ordinal);
            await ContentOf(other, "plain").Blobs.PutTextAsync("others work");
            await ContentOf(other, "elsewhere/plain").Blobs.PutTextAsync("others work");
        }
    }

    [Fact]
    public async Task A_new_master_key_takes_the_place_of_the_old_for_all_or_none()
    {
        DataProjectStore store = await OpenAsync(First);
        await store.CreateAsync("a", "", encrypt: true, default);
        await store.CreateAsync("b", "", encrypt: true, default);
        await store.CreateAsync("c", "", encrypt: false, default);
        Digest file = await ContentOf(store, "a/r").Blobs.PutTextAsync("kept");
        await ContentOf(store, "a/r").Blobs.FlushAsync(default);
        int blobs = _blobs.Puts;
        Assert.Equal(2, await store.RewrapAsync(Second, default));
        Assert.Equal(blobs, _blobs.Puts);
        await store.AddKeyAsync("b", default);

        DataProjectStore next = await OpenAsync(Second);
        Assert.Equal("kept"u8.ToArray(), await ContentOf(next, "a/r").Blobs.ReadAllAsync(file, default));
        Assert.Equal((false, false), (next.IsLocked("a"), next.IsLocked("b")));
        DataProjectStore old = await OpenAsync(First);
        Assert.Equal((true, true, false), (old.IsLocked("a"), old.IsLocked("b"), old.IsLocked("c")));
        await Edits.FailsAsync(async () => await old.RewrapAsync(First, default));
    }

    [Fact]
    public async Task A_new_data_key_seals_what_comes_and_the_rest_stays_readable()
    {
        DataProjectStore store = await OpenAsync(First);
        await store.CreateAsync("a", "", encrypt: true, default);
        Digest before = await ContentOf(store, "a/r").Blobs.PutTextAsync("before");
        DataProject rotated = await store.AddKeyAsync("a", default);
        Assert.Equal(2, rotated.Seal!.Data.Length);
        Digest after = await ContentOf(store, "a/r").Blobs.PutTextAsync("after");
        await ContentOf(store, "a/r").Blobs.FlushAsync(default);
        RepoContent again = ContentOf(await OpenAsync(First), "a/r");
        Assert.Equal("before"u8.ToArray(), await again.Blobs.ReadAllAsync(before, default));
        Assert.Equal("after"u8.ToArray(), await again.Blobs.ReadAllAsync(after, default));
    }

    [Fact]
    public async Task What_cannot_be_made_is_refused_and_leaves_nothing()
    {
        DataProjectStore keyless = await OpenAsync(null);
        Assert.Equal(ErrorKind.FailedPrecondition, (await Edits.FailsAsync(async () => await keyless.CreateAsync("a", "", encrypt: true, default))).Kind);
        DataProjectStore store = await OpenAsync(First);
        foreach (string name in (string[])["default", "", "a/b", ".."])
        {
            Assert.Equal(ErrorKind.InvalidArgument, (await Edits.FailsAsync(async () => await store.CreateAsync(name, "", false, default))).Kind);
        }

        await new RepoStore(_metadata, new ManualTime()).CreateAsync(RepoName.Parse("taken/repo"), "", null, default);
        Assert.Equal(ErrorKind.FailedPrecondition, (await Edits.FailsAsync(async () => await store.CreateAsync("taken", "", encrypt: true, default))).Kind);
        Assert.False(store.IsEncrypted("taken"));
        await store.CreateAsync("take", "", encrypt: true, default);
        Assert.Equal(ErrorKind.AlreadyExists, (await Edits.FailsAsync(async () => await store.CreateAsync("take", "", encrypt: false, default))).Kind);
        Assert.True(store.IsEncrypted("take"));
        Assert.Equal(ErrorKind.NotFound, (await Edits.FailsAsync(async () => await store.AddKeyAsync("none", default))).Kind);
    }

    private async Task<DataProjectStore> OpenAsync(MasterKey? key) =>
        await DataProjectStore.OpenAsync(_metadata, key is null ? MasterKeyState.None : new MasterKeyState(key, ""), new ManualTime(), default);

    /// <summary>One object for each opening of the projects, as in a server: what was put waits in it for the flush.</summary>
    private RepoContent ContentOf(DataProjectStore projects, string repo)
    {
        if (!_contents.TryGetValue(projects, out RepoContents? contents))
        {
            _contents[projects] = contents = new RepoContents(_blobs, new TreeStore(_blobs), _metadata, projects);
        }

        return contents.Of(RepoName.Parse(repo));
    }
}
