using System.Security.Cryptography;
using System.Text;
using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Composed;
using Slipway.Content.Blobs.Packs;
using Slipway.Content.Blobs.Sealed;
using Slipway.Content.Hashing;
using Slipway.Content.Metadata;
using Slipway.Content.Metadata.Sealed;
using Slipway.Content.Tests.Blobs.Sealed;

namespace Slipway.Content.Tests.Fuzz;

/// <summary>Whatever bytes a decoder of this room is given, it reads them or says in the house's own words that it cannot.</summary>
public sealed class DecoderTests : IDisposable
{
    private const int SegmentSize = 2000;
    private static readonly string[] Parts = ["loose", "packs", "composed", "hidden", "states", "format"];

    private readonly TemporaryDirectory _directory = new("/dev/shm");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Recipes()
    {
        byte[] one = new Recipe([new RecipePart(Digest.Of("a"), 0, 100)]).Encode();
        byte[] many = new Recipe([.. Enumerable.Range(1, 5).Select(i => new RecipePart(Digest.Of($"{i}"), i, long.MaxValue / 8))]).Encode();
        new Mutator(1).Run(
            20_000,
            [one, many],
            bytes => Recipe.Decode(bytes)?.Slice(3, 50),
            bytes =>
            {
                string text = Encoding.ASCII.GetString(bytes);
                int sum = text.LastIndexOf("sum ", StringComparison.Ordinal);
                return sum < 0 ? bytes : Encoding.ASCII.GetBytes($"{text[..sum]}sum {Digest.Of(text[..sum]).Hex}\n");
            });
        string part = $"part {Digest.Of("a").Hex} 0 {long.MaxValue}\n";
        string forged = $"slipway-composed 1\n{part}{part}size 5\n";
        Assert.Null(Recipe.Decode(Encoding.ASCII.GetBytes($"{forged}sum {Digest.Of(forged).Hex}\n")));
    }

    [Fact]
    public void Indexes()
    {
        string path = _directory["index"];
        Dictionary<Digest, PackSlot> slots = Enumerable.Range(0, 30).ToDictionary(i => Digest.Of($"{i}"), i => new PackSlot(100 + (i * 50), 40));
        PackIndexFormat.Write(new Content.Blobs.Local.StoreDisk(), path, 7, 2000, slots);
        new Mutator(2).Run(
            20_000,
            [File.ReadAllBytes(path)],
            bytes =>
            {
                if (!PackIndexFormat.IsIndexOf(bytes, 7, 2000))
                {
                    return;
                }

                for (int i = 0; i < 40; i++)
                {
                    PackIndexFormat.TryFind(bytes, Digest.Of($"{i}"), out _);
                }

                for (int rank = 0; rank < PackIndexFormat.Count(bytes); rank++)
                {
                    Assert.InRange(PackIndexFormat.Read(bytes, rank).Slot.Offset, 0, 2000);
                }
            },
            bytes => bytes.Length < 32 ? bytes : [.. bytes[..^32], .. SHA256.HashData(bytes.AsSpan(..^32))]);
    }

    [Fact]
    public void Hash_states() => new Mutator(3).Run(
        5000, [new HashState([1, 2, 3, 4, 5, 6, 7, 8], 6400).ToBytes()], bytes => HashState.Read(bytes)?.ToBytes());

    [Fact]
    public void Rows_of_encrypted_projects()
    {
        Content.Keys.ProjectKeys keys = SealedStore.KeysOf(1);
        string key = SealedRow.KeyOf(keys, Digest.Of("plain"));
        byte[] row = new SealedRow(Digest.Of("plain"), Digest.Of("sealed"), 5, new byte[SealedFormat.SaltSize]).Encode(keys, key);
        new Mutator(4).Run(3000, [row], bytes => SealedRow.Decode(keys, key, bytes));
        new Mutator(5).Run(3000, [row], bytes => SealedRow.SealedOf(bytes));
        byte[] value = SealedRows.Seal(keys, "commit-journal", "k", "a value"u8);
        new Mutator(6).Run(3000, [value], bytes => SealedRows.Open(keys, "commit-journal", "k", bytes));
        new Mutator(7).Run(3000, [SealedFormat.Header(Guid.NewGuid(), new byte[SealedFormat.SaltSize])], bytes => SealedFormat.Read(bytes));
    }

    [Fact]
    public async Task Whole_stores_open_and_verify_or_say_why_not()
    {
        await FillAsync();
        string[] files = [.. Directory.GetFiles(_directory["store"], "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_directory["store"], file)).Where(file => Parts.Any(part => file.StartsWith(part, StringComparison.Ordinal)))];
        Mutator mutator = new(8);
        for (int round = 0; round < 300; round++)
        {
            string file = files[round % files.Length];
            Copy(_directory["store"], _directory["copy"]);
            byte[] bytes = await File.ReadAllBytesAsync(_directory[$"store/{file}"]);
            File.Delete(_directory[$"copy/{file}"]);
            await File.WriteAllBytesAsync(_directory[$"copy/{file}"], mutator.Change(bytes));
            try
            {
                await using LocalBlobStore store = await LocalBlobStore.OpenAsync(_directory["copy"], SegmentSize, default);
                await store.CheckAsync(default).ToListAsync();
                foreach (BlobInfo blob in await store.ListAsync(default).ToListAsync())
                {
                    await store.VerifyAsync(blob.Digest, default);
                }

                await store.PutAsync(new byte[100], default);
                await store.FlushAsync(default);
            }
            catch (SlipwayException failure) when (failure.Kind is ErrorKind.Corrupt or ErrorKind.FailedPrecondition)
            {
                Assert.Contains(_directory["copy"], failure.Message, StringComparison.Ordinal);
            }
            catch (Exception failure) when (failure is not SlipwayException)
            {
                throw new InvalidOperationException($"round {round}, {file}: {failure.Message}", failure);
            }

            Directory.Delete(_directory["copy"], recursive: true);
        }
    }

    [Fact]
    public async Task Whole_databases_open_and_read_or_say_why_not()
    {
        string path = _directory["metadata.db"];
        await using (SqliteMetadataStore made = await SqliteMetadataStore.OpenAsync(path, default))
        {
            for (int i = 0; i < 200; i++)
            {
                await made.WriteAsync(async t => { await t.PutAsync("things", $"{i}", new byte[i * 7], default); return true; }, default);
            }
        }

        byte[] good = await File.ReadAllBytesAsync(path);
        Mutator mutator = new(9);
        for (int round = 0; round < 200; round++)
        {
            string copy = _directory[$"{round}.db"];
            await File.WriteAllBytesAsync(copy, mutator.Change(good));
            try
            {
                await using SqliteMetadataStore store = await SqliteMetadataStore.OpenAsync(copy, default);
                await store.VerifyAsync(default);
                await store.ReadAsync(async r => await r.ScanAsync("things", null, null, default).CountAsync(), default);
                await store.WriteAsync(async t => { await t.PutAsync("things", "new", new byte[9], default); return true; }, default);
            }
            catch (SlipwayException failure)
            {
                Assert.True(failure.Kind is ErrorKind.Corrupt or ErrorKind.FailedPrecondition, $"round {round}: {failure.Kind}: {failure.Message}");
                Assert.Contains(copy, failure.Message, StringComparison.Ordinal);
                Assert.NotNull(failure.Hint);
            }
        }
    }

    private async Task FillAsync()
    {
        await using LocalBlobStore store = await LocalBlobStore.OpenAsync(_directory["store"], SegmentSize, default);
        byte[] large = new byte[LocalBlobStore.LargeSize];
        for (int i = 0; i < 20; i++)
        {
            await store.PutAsync(Encoding.UTF8.GetBytes(new string((char)('a' + i), 10 + (i * 20))), default);
            await store.FlushAsync(default);
        }

        await store.DeleteAsync([Digest.Of(new string('a', 10)), Digest.Of(new string('b', 30))], default);
        BlobInfo grown = await store.AppendAsync((await store.PutAsync(large, default)).Digest, new MemoryStream([1, 2, 3]), default);
        await store.FlushAsync(default);
        await store.DeleteAsync([Digest.Of(large)], default);
        Assert.Equal(large.Length + 3, grown.Size);
    }

    private static void Copy(string from, string to)
    {
        foreach (string directory in Directory.GetDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, directory)));
        }

        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }
}
