using Slipway.Build;
using Slipway.Linux;

namespace Slipway.EndToEnd.Build;

/// <summary>Large files of a context that is the builder's own become files of the image without a copy; the image is the same.</summary>
public sealed class TakenFilesTests : IAsyncLifetime
{
    // Every way by which a large file may not simply be taken, beside those by which it may.
    private const string Dockerfile = """
        FROM base
        RUN ln -s /data /model && mkdir /data /over
        COPY one two /model/
        COPY one /again/one
        COPY --chown=7:8 three /owned/three
        COPY --chmod=0600 four /private/four
        COPY link /followed
        ADD one over.tar /over/
        COPY folder /folder
        COPY five /etc/passwd-
        RUN echo more >> /model/two
        COPY two /model/two
        """;

    private BuildHome _home = null!;

    public async Task InitializeAsync() => _home = await BuildHome.OpenAsync();

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [Fact]
    public async Task Taken_or_copied_gives_the_same_image()
    {
        BuildResult copied = await _home.BuildAsync(Dockerfile, Context());
        BuildResult taken = await _home.BuildAsync(Dockerfile, Context(), noCache: true, with: request => request with { OwnsContexts = true });

        Assert.Equal(copied.Image.Digest, taken.Image.Digest);
        Assert.Equal(await _home.FilesAsync(copied.Image), await _home.FilesAsync(taken.Image));
    }

    [Fact]
    public async Task A_file_is_taken_once_and_its_context_can_go()
    {
        string context = Context();
        BuildResult result = await _home.BuildAsync("FROM scratch\nCOPY one /one\nCOPY one /two\n", context, with: request => request with { OwnsContexts = true });

        Assert.Equal(2u, Libc.Status(Path.Combine(context, "one")).Links);
        Directory.Delete(context, recursive: true);
        Assert.Equal(["/", "/one", "/two"], (await _home.FilesAsync(result.Image)).Keys);
    }

    [Fact]
    public async Task A_context_of_somebody_elses_is_left_alone()
    {
        string context = Context();
        await _home.BuildAsync("FROM scratch\nCOPY --chown=5 one /one\n", context);
        FileStatus status = Libc.Status(Path.Combine(context, "one"));
        Assert.Equal((1u, Libc.EffectiveUser()), (status.Links, (int)status.User));
    }

    // An archive that brings /over/one, where the same ADD has just put a large file.
    private string Context()
    {
        string context = _home.Context(("link", "->five"), ("folder/sub/", ""));
        foreach ((string name, int seed) in new[] { ("one", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("folder/six", 6), ("folder/sub/seven", 7) })
        {
            byte[] bytes = new byte[(1 << 20) + seed];
            new Random(seed).NextBytes(bytes);
            File.WriteAllBytes(Path.Combine(context, name), bytes);
        }

        File.SetUnixFileMode(Path.Combine(context, "two"), (UnixFileMode)0x1E8); // 0750
        WriteTar(Path.Combine(context, "over.tar"));
        return context;
    }

    private static void WriteTar(string path)
    {
        using FileStream file = File.Create(path);
        using System.Formats.Tar.TarWriter tar = new(file);
        tar.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, "one")
        {
            DataStream = new MemoryStream("small"u8.ToArray()),
            ModificationTime = DateTimeOffset.UnixEpoch,
        });
    }
}
