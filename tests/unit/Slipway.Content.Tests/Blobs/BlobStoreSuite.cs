using Slipway.Content.Blobs;

namespace Slipway.Content.Tests.Blobs;

/// <summary>What every <see cref="IBlobStore"/> must do. A derived class opens one; all of these facts then run over it.</summary>
public abstract class BlobStoreSuite : IDisposable
{
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode ReadAndExecute = ReadOnly | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>Lengths around every border: empty, one, the threshold between packed and loose, one buffer, two.</summary>
    public static TheoryData<int> Lengths => [0, 1, 4096, 65535, 65536, 65537, 65538, 1 << 20, (1 << 20) + 65537, (2 << 20) + 65537, 3_000_000];

    protected TemporaryDirectory Directory { get; } = new();

    public void Dispose()
    {
        Directory.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task What_is_put_is_read_back(int length)
    {
        await using IAsyncDisposable owner = await OpenAsync();
        IBlobStore store = (IBlobStore)owner;
        byte[] content = Content(length, seed: 1);
        BlobInfo expected = new(Digest.Of(content), length);
        Assert.Equal(expected, await store.PutAsync(new TrickleStream(content), null, None));
        Assert.Equal(expected, await store.FindAsync(expected.Digest, None));
        Assert.Equal(content, await store.ReadAllAsync(expected.Digest, None));

        byte[] other = Content(length, seed: 2);
        Assert.Equal(new BlobInfo(Digest.Of(other), length), await store.PutAsync(other, None));
        Assert.Equal(other, await store.ReadAllAsync(Digest.Of(other), None));
        await store.FlushAsync(None);
        Assert.Equal(content, await store.ReadAllAsync(expected.Digest, None));
        Assert.Equal(other, await store.ReadAllAsync(Digest.Of(other), None));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task It_is_there_when_the_store_is_opened_again(int length)
    {
        byte[] content = Content(length, seed: 3);
        await using (IAsyncDisposable owner = await OpenAsync())
        {
            await ((IBlobStore)owner).PutAsync(content, None);
            await ((IBlobStore)owner).FlushAsync(None);
        }

        await using IAsyncDisposable again = await OpenAsync();
        Assert.Equal(content, await ((IBlobStore)again).ReadAllAsync(Digest.Of(content), None));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    public async Task A_stream_of_another_digest_is_refused_and_not_kept(int length)
    {
        await using IAsyncDisposable owner = await OpenAsync();
        IBlobStore store = (IBlobStore)owner;
        byte[] content = Content(length, seed: 4);
        Digest wrong = Digest.Of("something else");
        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(async () => await store.PutAsync(new MemoryStream(content), wrong, None));
        Assert.Equal(ErrorKind.Corrupt, refused.Kind);
        Assert.Contains(wrong.ToString(), refused.Message, StringComparison.Ordinal);
        Assert.Equal([Digest.Of(content), wrong], await store.FindMissingAsync([Digest.Of(content), wrong], None));

        Digest right = Digest.Of(content);
        Assert.Equal(right, (await store.PutAsync(new MemoryStream(content), right, None)).Digest);
        refused = await Assert.ThrowsAsync<SlipwayException>(async () => await store.PutAsync(new MemoryStream(Content(length, seed: 5)), right, None));
        Assert.Equal(ErrorKind.Corrupt, refused.Kind);
        Assert.Equal(content, await store.ReadAllAsync(right, None));
    }

    [Theory]
    [InlineData(1, 4_000)]
    [InlineData(2, 200_000)]
    [InlineData(3, 12 << 20)]
    public async Task Ranges_of_blobs_end_to_end_are_a_blob(int seed, int length)
    {
        byte[] joined;
        await using (IAsyncDisposable owner = await OpenAsync())
        {
            IBlobStore store = (IBlobStore)owner;
            Random random = new(seed);
            byte[][] contents = [Content(length, seed), Content(length / 3, seed + 10), []];
            foreach (byte[] content in contents)
            {
                await store.PutAsync(new MemoryStream(content), null, None);
            }

            List<BlobRange> ranges = [new(Digest.Of(contents[0]), 0, contents[0].Length), new(Digest.Of(contents[2]), 0, 0)];
            joined = contents[0];
            for (int i = 0; i < 4; i++)
            {
                byte[] from = contents[random.Next(2)];
                int start = random.Next(from.Length), count = random.Next(from.Length - start + 1);
                ranges.Add(new(Digest.Of(from), start, count));
                joined = [.. joined, .. from.AsSpan(start, count)];
            }

            Assert.Equal(new BlobInfo(Digest.Of(joined), joined.Length), await store.ComposeAsync(ranges, None));
            SlipwayException beyond = await Assert.ThrowsAsync<SlipwayException>(async () => await store.ComposeAsync([new(Digest.Of(contents[0]), 1, length)], None));
            Assert.Equal(ErrorKind.InvalidArgument, beyond.Kind);
            SlipwayException missing = await Assert.ThrowsAsync<SlipwayException>(async () => await store.ComposeAsync([new(Digest.Of("none"), 0, 1)], None));
            Assert.Equal(ErrorKind.NotFound, missing.Kind);
            await store.DeleteAsync([Digest.Of(contents[1])], None);
            await store.FlushAsync(None);
        }

        await using IAsyncDisposable again = await OpenAsync();
        Assert.Equal(joined, await ((IBlobStore)again).ReadAllAsync(Digest.Of(joined), None));
        Assert.Equal(BlobHealth.Healthy, await ((IBlobStore)again).VerifyAsync(Digest.Of(joined), None));
    }

    [Fact]
    public async Task A_missing_blob_is_null_or_not_found()
    {
        await using IAsyncDisposable owner = await OpenAsync();
        IBlobStore store = (IBlobStore)owner;
        Digest absent = Digest.Of("absent");
        Assert.Null(await store.FindAsync(absent, None));
        SlipwayException missing = await Assert.ThrowsAsync<SlipwayException>(async () => await store.OpenAsync(absent, None));
        Assert.Equal(ErrorKind.NotFound, missing.Kind);
        missing = await Assert.ThrowsAsync<SlipwayException>(async () => await store.MaterializeAsync(absent, Directory["out"], ReadOnly, None));
        Assert.Equal(ErrorKind.NotFound, missing.Kind);
        Assert.Contains(absent.ToString(), missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindMissing_keeps_the_order_given()
    {
        await using IAsyncDisposable owner = await OpenAsync();
        IBlobStore store = (IBlobStore)owner;
        Digest[] all = [.. Enumerable.Range(0, 20).Select(i => Digest.Of(Content(i * 7000, i)))];
        for (int i = 0; i < 20; i += 2)
        {
            await store.PutAsync(Content(i * 7000, i), None);
        }

        Assert.Equal(all.Where((_, i) => i % 2 == 1), await store.FindMissingAsync(all, None));
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(200_000)]
    public async Task A_stream_seeks_and_knows_its_length(int length)
    {
        await using IAsyncDisposable owner = await OpenAsync();
        IBlobStore store = (IBlobStore)owner;
        byte[] content = Content(length, seed: 6);
        Digest digest = (await store.PutAsync(content, None)).Digest;
        await using Stream stream = await store.OpenAsync(digest, None);
        Assert.Equal(length, stream.Length);
        byte[] middle = new byte[1000];
        stream.Seek(-2000, SeekOrigin.End);
        await stream.ReadExactlyAsync(middle);
        Assert.Equal(content[^2000..^1000], middle);
        stream.Position = 10;
        await stream.ReadExactlyAsync(middle);
        Assert.Equal(content[10..1010], middle);
        stream.Position = 0;
        MemoryStream whole = new();
        await stream.CopyToAsync(whole);
        Assert.Equal(content, whole.ToArray());
        Assert.Equal(0, await stream.ReadAsync(middle));
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(200_000)]
    public async Task A_deleted_blob_is_gone_and_can_be_put_again(int length)
    {
        byte[] content = Content(length, seed: 7);
        Digest digest = Digest.Of(content);
        await using (IAsyncDisposable owner = await OpenAsync())
        {
            IBlobStore store = (IBlobStore)owner;
            await store.PutAsync(content, None);
            await store.DeleteAsync([digest, Digest.Of("absent")], None);
            Assert.Null(await store.FindAsync(digest, None));
            await store.PutAsync(content, None);
            await store.FlushAsync(None);
            Assert.Equal(content, await store.ReadAllAsync(digest, None));
            await store.DeleteAsync([digest], None);
            Assert.Equal([digest], await store.FindMissingAsync([digest], None));
            await store.FlushAsync(None);
        }

        await using IAsyncDisposable again = await OpenAsync();
        Assert.Null(await ((IBlobStore)again).FindAsync(digest, None));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task A_blob_becomes_a_file_of_the_mode_asked_for(int length)
    {
        await using IAsyncDisposable owner = await OpenAsync();
        IBlobStore store = (IBlobStore)owner;
        byte[] content = Content(length, seed: 8);
        Digest digest = (await store.PutAsync(content, None)).Digest;
        await store.MaterializeAsync(digest, Directory["before"], ReadOnly, None);
        await store.FlushAsync(None);
        await store.MaterializeAsync(digest, Directory["after"], ReadOnly, None);
        await store.MaterializeAsync(digest, Directory["script"], ReadAndExecute, None);
        foreach (string name in new[] { "before", "after", "script" })
        {
            Assert.Equal(content, await File.ReadAllBytesAsync(Directory[name]));
        }

        Assert.Equal(ReadOnly, File.GetUnixFileMode(Directory["before"]));
        Assert.Equal(ReadOnly, File.GetUnixFileMode(Directory["after"]));
        Assert.Equal(ReadAndExecute, File.GetUnixFileMode(Directory["script"]));
        await store.DeleteAsync([digest], None);
        Assert.Equal(content, await File.ReadAllBytesAsync(Directory["after"]));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    public async Task A_file_is_never_overwritten(int length)
    {
        await using IAsyncDisposable owner = await OpenAsync();
        IBlobStore store = (IBlobStore)owner;
        Digest digest = (await store.PutAsync(Content(length, seed: 9), None)).Digest;
        await File.WriteAllTextAsync(Directory["mine"], "mine");
        foreach (UnixFileMode mode in new[] { ReadOnly, ReadAndExecute })
        {
            SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(
                async () => await store.MaterializeAsync(digest, Directory["mine"], mode, None));
            Assert.Equal(ErrorKind.AlreadyExists, refused.Kind);
        }

        Assert.Equal("mine", await File.ReadAllTextAsync(Directory["mine"]));
        SlipwayException lost = await Assert.ThrowsAsync<SlipwayException>(
            async () => await store.MaterializeAsync(digest, Path.Combine(Directory["no"], "where"), ReadOnly, None));
        Assert.Equal(ErrorKind.NotFound, lost.Kind);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task An_adopted_file_leaves_its_place(int length)
    {
        await using IAsyncDisposable owner = await OpenAsync();
        IBlobStore store = (IBlobStore)owner;
        byte[] content = Content(length, seed: 10);
        foreach (string name in new[] { "first", "second" })
        {
            await File.WriteAllBytesAsync(Directory[name], content);
            Assert.Equal(new BlobInfo(Digest.Of(content), length), await store.AdoptAsync(Directory[name], None));
            Assert.False(File.Exists(Directory[name]));
        }

        await store.FlushAsync(None);
        Assert.Equal(content, await store.ReadAllAsync(Digest.Of(content), None));
    }

    [Fact]
    public async Task A_file_with_a_second_name_is_copied()
    {
        await using IAsyncDisposable owner = await OpenAsync();
        IBlobStore store = (IBlobStore)owner;
        byte[] content = Content(200_000, seed: 11);
        await File.WriteAllBytesAsync(Directory["one"], content);
        Linux.Libc.Link(Directory["one"], Directory["two"]);
        Digest digest = (await store.AdoptAsync(Directory["one"], None)).Digest;
        Assert.False(File.Exists(Directory["one"]));
        await File.WriteAllTextAsync(Directory["two"], "changed behind the store's back");
        Assert.Equal(content, await store.ReadAllAsync(digest, None));
    }

    [Fact]
    public async Task Only_a_regular_file_is_adopted()
    {
        await using IAsyncDisposable owner = await OpenAsync();
        IBlobStore store = (IBlobStore)owner;
        await File.WriteAllTextAsync(Directory["target"], "secret");
        File.CreateSymbolicLink(Directory["link"], Directory["target"]);
        System.IO.Directory.CreateDirectory(Directory["folder"]);
        foreach (string name in new[] { "link", "folder" })
        {
            SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(async () => await store.AdoptAsync(Directory[name], None));
            Assert.Equal(ErrorKind.InvalidArgument, refused.Kind);
            Assert.Contains(Directory[name], refused.Message, StringComparison.Ordinal);
        }

        SlipwayException missing = await Assert.ThrowsAsync<SlipwayException>(async () => await store.AdoptAsync(Directory["absent"], None));
        Assert.Equal(ErrorKind.NotFound, missing.Kind);
        Assert.Equal("secret", await File.ReadAllTextAsync(Directory["target"]));
    }

    [Theory]
    [InlineData(3000)]
    [InlineData(300_000)]
    public async Task Many_may_put_the_same_blob_at_once(int length)
    {
        await using IAsyncDisposable owner = await OpenAsync();
        IBlobStore store = (IBlobStore)owner;
        byte[] content = Content(length, seed: 12);
        BlobInfo[] infos = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            BlobInfo info = i % 2 == 0 ? await store.PutAsync(content, None) : await store.PutAsync(new MemoryStream(content), null, None);
            await store.FlushAsync(None);
            Assert.Equal(content, await store.ReadAllAsync(info.Digest, None));
            return info;
        })));
        Assert.All(infos, info => Assert.Equal(new BlobInfo(Digest.Of(content), length), info));
    }

    [Fact]
    public async Task Puts_reads_deletes_and_flushes_mix()
    {
        await using IAsyncDisposable owner = await OpenAsync();
        IBlobStore store = (IBlobStore)owner;
        await Task.WhenAll(Enumerable.Range(0, 6).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; i < 60; i++)
            {
                byte[] content = Content(i % 10 == 0 ? 90_000 : 500, (worker * 1000) + i);
                Digest digest = (await store.PutAsync(content, None)).Digest;
                if (i % 7 == 0)
                {
                    await store.FlushAsync(None);
                }

                Assert.Equal(content, await store.ReadAllAsync(digest, None));
                if (i % 3 == 0)
                {
                    await store.DeleteAsync([digest], None);
                    Assert.Null(await store.FindAsync(digest, None));
                }
            }
        })));
    }

    [Fact]
    public async Task A_source_that_fails_leaves_nothing()
    {
        await using IAsyncDisposable owner = await OpenAsync();
        IBlobStore store = (IBlobStore)owner;
        byte[] content = Content(3_000_000, seed: 13);
        await Assert.ThrowsAsync<FormatException>(async () => await store.PutAsync(new TrickleStream(content, failAt: 2_500_000), null, None));
        Assert.Null(await store.FindAsync(Digest.Of(content), None));
        Assert.Equal(content, await store.ReadAllAsync((await store.PutAsync(content, None)).Digest, None));
    }

    [Fact]
    public async Task A_listing_names_what_is_stored_and_nothing_else()
    {
        await using IAsyncDisposable owner = await OpenAsync();
        IBlobStore store = (IBlobStore)owner;
        Assert.Empty(await store.ListAsync(None).ToListAsync());
        List<BlobInfo> put = [];
        foreach (int length in (int[])[0, 1, 4096, 65536, 65537, 200_000])
        {
            put.Add(await store.PutAsync(Content(length, seed: 14), None));
        }

        Assert.Equal(put.OrderBy(b => b.Digest), (await store.ListAsync(None).ToListAsync()).OrderBy(b => b.Digest));
        await store.FlushAsync(None);
        await store.DeleteAsync([put[1].Digest, put[5].Digest], None);
        Assert.Equal(put.Take(5).Except([put[1]]).OrderBy(b => b.Digest), (await store.ListAsync(None).ToListAsync()).OrderBy(b => b.Digest));
        Assert.Equal(BlobHealth.Healthy, await store.VerifyAsync(put[4].Digest, None));
        Assert.Equal(BlobHealth.Missing, await store.VerifyAsync(put[5].Digest, None));
    }

    protected static byte[] Content(int length, int seed)
    {
        byte[] content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    /// <summary>Opens the store of this test; called again after it was disposed, it opens the same one.</summary>
    protected abstract ValueTask<IAsyncDisposable> OpenAsync();
}
