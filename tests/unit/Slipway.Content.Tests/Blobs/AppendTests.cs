using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Composed;

namespace Slipway.Content.Tests.Blobs;

public sealed class AppendTests : IAsyncLifetime, IDisposable
{
    private const int Large = (int)LocalBlobStore.LargeSize;

    private readonly TemporaryDirectory _directory = new();
    private readonly Random _random = new(17);
    private LocalBlobStore _store = null!;

    public async Task InitializeAsync() => _store = await OpenAsync();

    public async Task DisposeAsync() => await _store.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("put")]
    [InlineData("put as expected")]
    [InlineData("adopt")]
    [InlineData("put from memory")]
    public async Task What_was_deleted_while_another_needs_its_bytes_and_is_put_again_is_there(string how)
    {
        byte[] head = Bytes(Large + 5), tail = Bytes(7);
        Digest digest = (await _store.PutAsync(head, default)).Digest;
        Digest grown = (await _store.AppendAsync(digest, new MemoryStream(tail), default)).Digest;
        await _store.DeleteAsync([digest], default);
        Assert.Null(await _store.FindAsync(digest, default));
        await File.WriteAllBytesAsync(_directory["file"], head);
        await (how switch
        {
            "put" => _store.PutAsync(new MemoryStream(head), null, default),
            "put as expected" => _store.PutAsync(new MemoryStream(head), digest, default),
            "adopt" => _store.AdoptAsync(_directory["file"], default),
            _ => _store.PutAsync(head, default),
        });
        Assert.NotNull(await _store.FindAsync(digest, default));
        await _store.DeleteAsync([grown], default);
        Assert.Equal(head, await _store.ReadAllAsync(digest, default));
    }

    [Fact]
    public async Task Many_appends_give_the_bytes_of_all_and_write_little()
    {
        byte[] content = Bytes(Large + 5);
        Digest at = (await _store.PutAsync(new MemoryStream(content), null, default)).Digest;
        await _store.FlushAsync(default);
        long before = Stored();
        long added = 0;
        for (int i = 0; i < 120; i++)
        {
            byte[] tail = Bytes(_random.Next(1, i % 10 == 0 ? 300_000 : 20_000));
            added += tail.Length;
            content = [.. content, .. tail];
            BlobInfo blob = await _store.AppendAsync(at, new MemoryStream(tail), default);
            Assert.Equal(new BlobInfo(Digest.Of(content), content.Length), blob);
            at = blob.Digest;
            if (i % 30 == 0)
            {
                await _store.DisposeAsync();
                _store = await OpenAsync();
            }
        }

        await _store.FlushAsync(default);
        Assert.Equal(content, await _store.ReadAllAsync(at, default));
        Assert.Equal(BlobHealth.Healthy, await _store.VerifyAsync(at, default));
        Assert.InRange(Recipe.Decode(File.ReadAllBytes(Directory.GetFiles(_directory["store/composed"], at.Hex, SearchOption.AllDirectories).Single()))!.Parts.Length, 2, 20);

        // A merge sort's runs: each byte is written a logarithm of times, never the whole again.
        Assert.InRange(Stored() - before, added, added * 9);
    }

    [Fact]
    public async Task A_small_blob_a_missing_one_and_nothing_to_append()
    {
        Digest small = (await _store.PutAsync("abc"u8.ToArray(), default)).Digest;
        Assert.Equal(Digest.Of("abcdef"), (await _store.AppendAsync(small, new MemoryStream("def"u8.ToArray()), default)).Digest);
        Digest large = (await _store.PutAsync(new MemoryStream(Bytes(Large)), null, default)).Digest;
        Assert.Equal(new BlobInfo(large, Large), await _store.AppendAsync(large, Stream.Null, default));
        SlipwayException missing = await Assert.ThrowsAsync<SlipwayException>(async () => await _store.AppendAsync(Digest.Of("nothing"), Stream.Null, default));
        Assert.Equal(ErrorKind.NotFound, missing.Kind);
    }

    [Fact]
    public async Task Ranges_are_read_and_whole_files_are_made_once_and_linked()
    {
        byte[] begin = Bytes(Large + 100_000);
        byte[] end = Bytes(70_000);
        Digest head = (await _store.PutAsync(new MemoryStream(begin), null, default)).Digest;
        Digest both = (await _store.AppendAsync(head, new MemoryStream(end), default)).Digest;
        byte[] content = [.. begin, .. end];
        await using (Stream stream = await _store.OpenAsync(both, default))
        {
            foreach (int offset in new[] { begin.Length - 10, 0, begin.Length, content.Length - 5, begin.Length - 1 })
            {
                byte[] part = new byte[Math.Min(20, content.Length - offset)];
                stream.Position = offset;
                await stream.ReadExactlyAsync(part);
                Assert.Equal(content.AsSpan(offset, part.Length).ToArray(), part);
            }
        }

        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        await _store.MaterializeAsync(both, _directory["one"], mode, default);
        await _store.MaterializeAsync(both, _directory["two"], mode, default);
        await _store.MaterializeAsync(both, _directory["run"], mode | UnixFileMode.UserExecute, default);
        Assert.Equal(content, await File.ReadAllBytesAsync(_directory["one"]));
        Assert.Equal(content, await File.ReadAllBytesAsync(_directory["run"]));
        Assert.Equal(Linux.Libc.Status(_directory["one"]).Inode, Linux.Libc.Status(_directory["two"]).Inode);
        Assert.NotEqual(Linux.Libc.Status(_directory["one"]).Inode, Linux.Libc.Status(_directory["run"]).Inode);
    }

    [Fact]
    public async Task A_deleted_blob_whose_bytes_another_needs_is_gone_and_its_bytes_go_with_the_other()
    {
        byte[] begin = Bytes(Large);
        byte[] end = Bytes(100);
        Digest head = (await _store.PutAsync(new MemoryStream(begin), null, default)).Digest;
        Digest tail = Digest.Of(end);
        Digest both = (await _store.AppendAsync(head, new MemoryStream(end), default)).Digest;
        await _store.FlushAsync(default);
        await _store.DeleteAsync([head, tail], default);
        byte[] whole = [.. begin, .. end];
        for (int i = 0; i < 2; i++)
        {
            Assert.Null(await _store.FindAsync(head, default));
            Assert.Equal([head, tail], await _store.FindMissingAsync([head, tail, both], default));
            Assert.Equal([both], await _store.ListAsync(default).Select(blob => blob.Digest).ToListAsync());
            Assert.Equal(whole, await _store.ReadAllAsync(both, default));
            await _store.DisposeAsync();
            _store = await OpenAsync();
        }

        // Put again, it is a blob again, also when the other goes.
        Assert.Equal(tail, (await _store.PutAsync(end, default)).Digest);
        Assert.NotNull(await _store.FindAsync(tail, default));
        await _store.DeleteAsync([both], default);
        Assert.NotNull(await _store.FindAsync(tail, default));
        Assert.Empty(Directory.GetFiles(_directory["store/loose"], "*", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetFiles(_directory["store/composed"], "*", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetFiles(_directory["store/hidden"], "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_kept_state_that_is_wrong_costs_a_reading_and_nothing_else()
    {
        byte[] begin = Bytes(Large + 1000);
        Digest head = (await _store.PutAsync(new MemoryStream(begin), null, default)).Digest;
        string state = Directory.GetFiles(_directory["store/states"], "*", SearchOption.AllDirectories).Single();
        byte[] good = await File.ReadAllBytesAsync(state);
        for (int i = 0; i < 10; i++)
        {
            byte[] bad = [.. good];
            bad[_random.Next(bad.Length)] ^= 4;
            await File.WriteAllBytesAsync(state, i % 3 == 0 ? bad[..^1] : bad);
            byte[] tail = Bytes(10);
            Assert.Equal(Digest.Of([.. begin, .. tail]), (await _store.AppendAsync(head, new MemoryStream(tail), default)).Digest);
        }
    }

    [Fact]
    public void The_text_of_a_recipe_is_what_the_format_says()
    {
        Recipe recipe = new([new RecipePart(Digest.Of("a"), 5, 7), new RecipePart(Digest.Of("b"), 0, 1L << 40)]);
        string above = $"slipway-composed 1\npart {Digest.Of("a").Hex} 5 7\npart {Digest.Of("b").Hex} 0 1099511627776\nsize 1099511627783\n";
        string text = $"{above}sum {Digest.Of(above).Hex}\n";
        Assert.Equal(text, System.Text.Encoding.ASCII.GetString(recipe.Encode()));
        Assert.Equal([.. recipe.Parts], Recipe.Decode(System.Text.Encoding.ASCII.GetBytes(text))!.Parts.ToArray());
    }

    [Fact]
    public async Task A_damaged_recipe_or_source_is_found_and_never_served()
    {
        byte[] begin = Bytes(Large);
        Digest head = (await _store.PutAsync(new MemoryStream(begin), null, default)).Digest;
        Digest both = (await _store.AppendAsync(head, new MemoryStream(Bytes(10)), default)).Digest;
        await _store.FlushAsync(default);
        string recipe = Directory.GetFiles(_directory["store/composed"], "*", SearchOption.AllDirectories).Single();
        byte[] good = await File.ReadAllBytesAsync(recipe);
        for (int i = 0; i < good.Length; i += 7)
        {
            byte[] bad = [.. good];
            bad[i] ^= 1;
            Assert.Null(Recipe.Decode(bad));
        }

        string source = Directory.GetFiles(_directory["store/loose"], "*", SearchOption.AllDirectories).Single();
        File.SetUnixFileMode(source, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using (SafeFileHandle file = File.OpenHandle(source, FileMode.Open, FileAccess.Write))
        {
            RandomAccess.Write(file, [(byte)(begin[100] ^ 1)], 100);
        }

        Assert.Equal(BlobHealth.Corrupt, await _store.VerifyAsync(both, default));
        await _store.DisposeAsync();
        File.SetUnixFileMode(recipe, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        good[40] ^= 1;
        await File.WriteAllBytesAsync(recipe, good);
        _store = await OpenAsync();
        Assert.Null(await _store.FindAsync(both, default));
        Assert.Contains(await _store.CheckAsync(default).ToListAsync(), fault => fault.Kind == StorePart.Recipe && fault.File == recipe);
    }

    private ValueTask<LocalBlobStore> OpenAsync() => LocalBlobStore.OpenAsync(_directory["store"], default);

    private long Stored() => new[] { "loose", "packs" }.SelectMany(name => Directory.GetFiles(_directory["store/" + name], "*", SearchOption.AllDirectories))
        .Sum(file => new FileInfo(file).Length);

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
