using System.Formats.Tar;
using Microsoft.Win32.SafeHandles;
using Slipway.Build;
using Slipway.Build.Contexts;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.EndToEnd.Build;

/// <summary>Large files of a context that nobody has changed for a minute are read where they lie; the image is the same, and one that changes meanwhile is noticed.</summary>
public sealed class FilesInPlaceTests : IAsyncLifetime
{
    private const int Large = 16 << 20;

    // Every way by which a build reads a context.
    private const string Dockerfile = """
        FROM scratch AS files
        COPY folder/sub /
        FROM base
        RUN ln -s /data /model && mkdir /data /over
        COPY one two /model/
        COPY one /again/one
        COPY --chown=7:8 --chmod=0600 two /private/two
        COPY link /followed
        ADD one over.tar /over/
        COPY --exclude=*.small folder /folder
        COPY --parents folder/sub/* /kept/
        RUN --mount=type=bind,target=/all md5sum /all/one /all/folder/sub/three /all/link > /sums
        RUN --mount=type=bind,source=two,target=/written,rw echo more >> /written && tail -n 1 /written | md5sum > /more
        RUN --mount=type=cache,from=files,target=/cache md5sum /cache/three > /cached
        RUN echo more >> /model/two
        COPY two /model/two
        """;

    // Beside the tests: a file system in memory has no such files.
    private readonly string _contexts = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"contexts-{Guid.NewGuid():n}")).FullName;
    private BuildHome _home = null!;

    public async Task InitializeAsync() => _home = await BuildHome.OpenAsync();

    public async Task DisposeAsync()
    {
        await _home.DisposeAsync();
        Directory.Delete(_contexts, recursive: true);
    }

    [Fact]
    public async Task In_place_or_copied_gives_the_same_image()
    {
        string context = Context();
        BuildResult copied = await _home.BuildAsync(Dockerfile, context);
        BuildResult read = await BuildAsync(Dockerfile, context, noCache: true);

        Assert.Equal(copied.Image.Digest, read.Image.Digest);
        Assert.Equal(await _home.FilesAsync(copied.Image), await _home.FilesAsync(read.Image));
    }

    [Fact]
    public async Task Where_layers_are_not_mounted_the_image_is_the_same()
    {
        string context = Context();
        BuildResult mounted = await BuildAsync(Dockerfile, context);
        await using BuildHome old = await BuildHome.OpenAsync(mountsLayers: false);
        BuildResult unpacked = await BuildAsync(Dockerfile, context, home: old);

        Assert.Equal(mounted.Image.Digest, unpacked.Image.Digest);
        Assert.Equal(await _home.FilesAsync(mounted.Image), await old.FilesAsync(unpacked.Image));
    }

    [Fact]
    public async Task Nothing_of_them_is_copied_and_the_context_stays_as_it_is()
    {
        string context = Context();
        FileStatus before = Libc.Status(Path.Combine(context, "one"));
        string copy = "";
        BuildResult result = await BuildAsync("FROM scratch\nCOPY --chown=9 --chmod=0111 one folder/f.small /\n", context, taken: folder => copy = folder);

        Assert.False(HasContent(Path.Combine(copy, "one")));
        Assert.True(HasContent(Path.Combine(copy, "folder/f.small")));
        Assert.Equal(before, Libc.Status(Path.Combine(context, "one")));
        Directory.Delete(context, recursive: true);
        Assert.Equal(["/", "/f.small", "/one"], (await _home.FilesAsync(result.Image)).Keys);
    }

    [Fact]
    public async Task A_build_whose_file_changes_meanwhile_fails_and_keeps_nothing_of_it()
    {
        string context = Context();
        _home.Said += text =>
        {
            if (text.Contains("now", StringComparison.Ordinal))
            {
                using FileStream file = File.OpenWrite(Path.Combine(context, "one"));
                file.WriteByte(77);
            }
        };

        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () => await BuildAsync("FROM base\nCOPY one /one\nRUN echo now\nCOPY two /two\n", context, tag: "torn"));
        Assert.Equal(ErrorKind.Conflict, fault.Kind);
        Assert.Contains("'one' changed while the build read it", fault.Message, StringComparison.Ordinal);
        Assert.Null(await _home.Images.FindAsync("torn", CancellationToken.None));

        BuildResult next = await BuildAsync("FROM base\nCOPY one /one\n", context);
        BuildResult copied = await _home.BuildAsync("FROM base\nCOPY one /one\n", context, noCache: true);
        Assert.Equal(copied.Image.Digest, next.Image.Digest);
    }

    [Fact]
    public async Task A_file_that_goes_before_it_is_read_is_named()
    {
        string context = Context();
        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(
            async () => await BuildAsync("FROM base\nCOPY one /one\n", context, taken: _ => File.Move(Path.Combine(context, "two"), Path.Combine(context, "one"), overwrite: true)));
        Assert.Equal(ErrorKind.Conflict, fault.Kind);
        Assert.Contains("'one'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_read_once_is_not_read_again_until_it_changes()
    {
        const string dockerfile = "FROM scratch\nCOPY one /one\n";
        string context = Context();
        BuildResult first = await BuildAsync(dockerfile, context);

        // In the place of the file lies another, which is put back before the build ends: had it been read, the build would have failed.
        string one = Path.Combine(context, "one");
        BuildResult again = await BuildAsync(dockerfile, context, taken: _ => File.Move(one, one + ".away"));
        Assert.Equal((1, first.Image.Digest), (again.StepsCached, again.Image.Digest));

        File.Move(one + ".away", one);
        using (FileStream file = File.OpenWrite(one))
        {
            file.WriteByte(77);
        }

        BuildResult changed = await BuildAsync(dockerfile, context);
        Assert.Equal(0, changed.StepsCached);
        Assert.NotEqual(first.Image.Digest, changed.Image.Digest);
    }

    private async Task<BuildResult> BuildAsync(string dockerfile, string context, bool noCache = false, string? tag = null, Action<string>? taken = null, BuildHome? home = null)
    {
        string copy = _home.Context();
        using SafeFileHandle folder = Libc.Open(context, OpenFlags.Directory);
        using FilesInPlace inPlace = FilesInPlace.Of(folder, new LaterClock())!;
        new FolderCopy(static _ => false, static _ => false, inPlace).Copy(folder, copy, CancellationToken.None);
        taken?.Invoke(copy);
        return await (home ?? _home).BuildAsync(dockerfile, copy, noCache, tag: tag, with: request => request with { OwnsContexts = true, InPlace = inPlace });
    }

    private static bool HasContent(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        return Libc.NextData(file, 0) is not null;
    }

    private string Context()
    {
        string context = Directory.CreateDirectory(Path.Combine(_contexts, Guid.NewGuid().ToString("n"))).FullName;
        Directory.CreateDirectory(Path.Combine(context, "folder/sub"));
        foreach ((string name, int seed) in new[] { ("one", 1), ("two", 2), ("folder/sub/three", 3) })
        {
            byte[] bytes = new byte[Large + seed];
            new Random(seed).NextBytes(bytes);
            File.WriteAllBytes(Path.Combine(context, name), bytes);
        }

        File.WriteAllText(Path.Combine(context, "folder/f.small"), "small");
        File.CreateSymbolicLink(Path.Combine(context, "link"), "folder/sub/three");
        File.SetUnixFileMode(Path.Combine(context, "two"), (UnixFileMode)0x1E8); // 0750
        using FileStream file = File.Create(Path.Combine(context, "over.tar"));
        using TarWriter tar = new(file);
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "one") { DataStream = new MemoryStream("small"u8.ToArray()), ModificationTime = DateTimeOffset.UnixEpoch });
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "big") { DataStream = new MemoryStream(new byte[Large]), ModificationTime = DateTimeOffset.UnixEpoch });
        return context;
    }

    /// <summary>An hour ahead, so that files written a moment ago count as old.</summary>
    private sealed class LaterClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow.AddHours(1);
    }
}
