using Slipway.Build.Dockerfiles;

namespace Slipway.Build.Running;

/// <summary>Cache mounts: who has them, what they take, and what goes.</summary>
public sealed class CacheFoldersTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly string _root = Directory.CreateTempSubdirectory("slipway-caches-").FullName;
    private readonly Clock _time = new();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Those_not_used_for_long_go_and_those_in_use_stay()
    {
        CacheFolders folders = new(_root, _time);
        await UseAsync(folders, "old", 1000);
        CacheFolder held = await folders.TakeAsync("held", CacheSharing.Shared, _ => { }, None);
        _time.Now += TimeSpan.FromDays(2);
        await UseAsync(folders, "new", 10);
        Assert.Equal([("old", 1000, false), ("new", 10, false), ("held", 0, true)], folders.List(None).Select(mount => (mount.Id, mount.Bytes, mount.IsHeld)));

        DateTimeOffset yesterday = _time.Now - TimeSpan.FromDays(1);
        Assert.Equal(["old"], folders.Remove(yesterday, null, rehearse: true, None).Select(mount => mount.Id));
        Assert.Equal(3, folders.List(None).Count);
        Assert.Equal(["old"], folders.Remove(yesterday, null, rehearse: false, None).Select(mount => mount.Id));
        Assert.Equal(["held", "new"], folders.List(None).Select(mount => mount.Id).Order());

        held.Dispose();
        Assert.Equal(["held"], folders.Remove(yesterday, null, rehearse: false, None).Select(mount => mount.Id));
        using CacheFolder again = await folders.TakeAsync("old", CacheSharing.Locked, _ => { }, None);
        Assert.Empty(Directory.GetFileSystemEntries(again.Path));
    }

    [Fact]
    public async Task Beyond_the_bound_the_least_recently_used_go_first()
    {
        CacheFolders folders = new(_root, _time);
        foreach (string id in (string[])["first", "second", "third"])
        {
            await UseAsync(folders, id, 100);
            _time.Now += TimeSpan.FromHours(1);
        }

        await UseAsync(folders, "first", 100);
        Assert.Equal(["second"], folders.Remove(DateTimeOffset.MinValue, 250, rehearse: false, None).Select(mount => mount.Id));
        Assert.Equal(["first", "third"], folders.List(None).Select(mount => mount.Id).Order());
    }

    [Fact]
    public async Task What_a_crash_left_half_made_or_half_removed_goes_at_the_next_start()
    {
        await UseAsync(new(_root, _time), "whole", 10);
        Directory.CreateDirectory(Path.Combine(_root, ".new-1", "files"));
        Directory.CreateDirectory(Path.Combine(_root, ".old-2", "files"));
        CacheFolders folders = new(_root, _time);
        Assert.Equal("whole", Assert.Single(folders.List(None)).Id);
        Assert.Single(Directory.GetDirectories(_root));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_filled_is_nobodys()
    {
        CacheFolders folders = new(_root, _time);
        await Assert.ThrowsAsync<IOException>(async () => await folders.TakeAsync("x", CacheSharing.Locked, _ => throw new IOException("no"), None));
        using CacheFolder taken = await folders.TakeAsync("x", CacheSharing.Locked, _ => { }, None).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(Directory.Exists(taken.Path));
    }

    private static async Task UseAsync(CacheFolders folders, string id, int bytes)
    {
        using CacheFolder folder = await folders.TakeAsync(id, CacheSharing.Shared, _ => { }, None);
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "file"), new byte[bytes]);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
