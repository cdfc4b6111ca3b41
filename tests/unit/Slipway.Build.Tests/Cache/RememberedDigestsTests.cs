using Microsoft.Win32.SafeHandles;
using Slipway.Build.Contexts;
using Slipway.Content;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;
using Slipway.Linux;

namespace Slipway.Build.Cache;

/// <summary>What is known of a context's large file holds as long as stat says the same of it.</summary>
public sealed class RememberedDigestsTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    // Not in memory, whose file system is not trusted.
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"remembered-{Guid.NewGuid():n}")).FullName;
    private readonly Clock _time = new() { Now = DateTimeOffset.UtcNow.AddHours(1) };
    private SqliteMetadataStore _metadata = null!;

    public async Task InitializeAsync()
    {
        _metadata = await SqliteMetadataStore.OpenAsync(Path.Combine(_folder, "metadata.db"), None);
        Directory.CreateDirectory(Path.Combine(_folder, "context"));
        await File.WriteAllBytesAsync(Source, new byte[FilesInPlace.LeastBytes]);
    }

    public async Task DisposeAsync()
    {
        await _metadata.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_file_that_stayed_as_it_was_is_recalled()
    {
        await RememberAsync();
        Assert.Equal(Digest.Of("content"), await RecallAsync());
    }

    [Theory]
    [InlineData("one byte")]
    [InlineData("one byte, and its time put back")]
    [InlineData("another file in its place")]
    [InlineData("a mode")]
    public async Task A_file_that_changed_is_not(string change)
    {
        await RememberAsync();
        DateTime modified = File.GetLastWriteTimeUtc(Source);
        switch (change)
        {
            case "a mode":
                File.SetUnixFileMode(Source, (UnixFileMode)0x100);
                break;
            case "another file in its place":
                await File.WriteAllBytesAsync(Source + ".new", new byte[FilesInPlace.LeastBytes]);
                File.SetLastWriteTimeUtc(Source + ".new", modified);
                File.Move(Source + ".new", Source, overwrite: true);
                break;
            default:
                using (FileStream file = File.OpenWrite(Source))
                {
                    file.WriteByte(1);
                }

                if (change != "one byte")
                {
                    File.SetLastWriteTimeUtc(Source, modified);
                }

                break;
        }

        Assert.Null(await RecallAsync());
    }

    [Fact]
    public async Task A_file_that_changed_while_it_was_read_is_not_remembered()
    {
        using FilesInPlace files = Take()!;
        Assert.Single(files.Files).Digest = Digest.Of("content");
        File.SetUnixFileMode(Source, (UnixFileMode)0x100);
        await Digests.RememberAsync(files, None);
        Assert.Null(await RecallAsync());
    }

    [Fact]
    public void A_young_file_and_a_small_one_are_copied()
    {
        File.WriteAllText(Path.Combine(_folder, "context/small"), "s");
        using (FilesInPlace files = Take()!)
        {
            Assert.Equal("file", Assert.Single(files.Files).Path);
        }

        _time.Now = DateTimeOffset.UtcNow;
        using (FilesInPlace files = Take()!)
        {
            Assert.Empty(files.Files);
        }
    }

    [Fact]
    public void A_file_system_in_memory_is_not_trusted()
    {
        using SafeFileHandle memory = Libc.Open("/dev/shm", OpenFlags.Directory);
        Assert.Null(FilesInPlace.Of(memory, _time));
    }

    [Fact]
    public async Task Once_a_day_its_use_is_noted_and_after_a_month_without_one_it_is_dead()
    {
        await RememberAsync();
        byte[] before = await RowAsync();
        _time.Now = _time.Now.AddHours(23);
        await UseAsync();
        Assert.Equal(before, await RowAsync());
        _time.Now = _time.Now.AddHours(2);
        await UseAsync();
        Assert.NotEqual(before, await RowAsync());

        _time.Now = _time.Now.AddDays(29);
        Assert.Empty(await DeadAsync());
        _time.Now = _time.Now.AddDays(2);
        Assert.Equal(RememberedDigests.TableName, Assert.Single(await DeadAsync()).Table);
    }

    private string Source => Path.Combine(_folder, "context/file");

    private RememberedDigests Digests => new(_metadata, _time);

    private FilesInPlace? Take()
    {
        string copy = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("n"))).FullName;
        using SafeFileHandle folder = Libc.Open(Path.Combine(_folder, "context"), OpenFlags.Directory);
        FilesInPlace? files = FilesInPlace.Of(folder, _time);
        new FolderCopy(static _ => false, static _ => false, files).Copy(folder, copy, None);
        return files;
    }

    private async Task RememberAsync()
    {
        using FilesInPlace files = Take()!;
        Assert.Single(files.Files).Digest = Digest.Of("content");
        await Digests.RememberAsync(files, None);
    }

    private async Task<Digest?> RecallAsync()
    {
        using FilesInPlace files = Take()!;
        await Digests.RecallAsync(files, None);
        return Assert.Single(files.Files).Digest;
    }

    private async Task UseAsync()
    {
        using FilesInPlace files = Take()!;
        await Digests.RecallAsync(files, None);
        await Digests.RememberAsync(files, None);
    }

    private ValueTask<byte[]> RowAsync() => _metadata.ReadAsync(async reader => (await reader.ScanAsync(RememberedDigests.TableName, null, null, None).FirstAsync(None)).Value, None);

    private ValueTask<List<DeadRow>> DeadAsync()
    {
        DateTimeOffset before = _time.Now.AddDays(-30);
        return _metadata.ReadAsync(reader => new BuildCacheRoots().ReadDeadAsync(reader, new(before, before, before), None).ToListAsync(None), None);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
