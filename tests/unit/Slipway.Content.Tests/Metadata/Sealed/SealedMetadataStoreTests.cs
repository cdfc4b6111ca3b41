using System.Text;
using Slipway.Content.Keys;
using Slipway.Content.Metadata;
using Slipway.Content.Metadata.Sealed;
using Slipway.Content.Tests.Blobs.Sealed;

namespace Slipway.Content.Tests.Metadata.Sealed;

public sealed class SealedMetadataStoreTests : MetadataSuite, IDisposable
{
    private const string Table = "commit-journal";
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly string Key = TableKey.Join("secret/repo", "commit", "00000000");
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_row_that_names_files_is_sealed_and_read_back()
    {
        Ring ring = new();
        await using SqliteMetadataStore inner = await SqliteMetadataStore.OpenAsync(_directory["metadata.db"], None);
        SealedMetadataStore store = new(inner, ring);
        foreach ((string table, string key, bool hidden) in ((string, string, bool)[])
            [(Table, Key, true), ("job-datums", TableKey.Join("secret/line@1", "d"), true), ("commits", Key, false), (Table, TableKey.Join("repo", "secret/x"), false)])
        {
            await PutAsync(store, table, key, "/ada/scan");
            Assert.Equal("/ada/scan", await TextAsync(store, table, key));
            Assert.Equal(hidden, !(await TextAsync(inner, table, key)).Contains("ada", StringComparison.Ordinal));
        }

        List<string> scanned = await store.ReadAsync(
            async r => await r.ScanAsync(Table, "secret/", null, None).Select(row => Encoding.UTF8.GetString(row.Value)).ToListAsync(), None);
        Assert.Equal(["/ada/scan"], scanned);
    }

    [Fact]
    public async Task A_row_that_was_changed_moved_or_put_in_plain_is_found()
    {
        Ring ring = new();
        await using SqliteMetadataStore inner = await SqliteMetadataStore.OpenAsync(_directory["metadata.db"], None);
        SealedMetadataStore store = new(inner, ring);
        await PutAsync(store, Table, Key, "value");
        byte[] row = (await inner.ReadAsync(r => r.GetAsync(Table, Key, None), None))!;
        for (int i = 0; i < row.Length; i++)
        {
            byte[] changed = [.. row];
            changed[i] ^= 1;
            await PutBytesAsync(inner, Table, Key, changed);
            Assert.Equal(ErrorKind.Corrupt, (await Assert.ThrowsAsync<SlipwayException>(() => TextAsync(store, Table, Key))).Kind);
        }

        await PutBytesAsync(inner, Table, Key + "1", row);
        await Assert.ThrowsAsync<SlipwayException>(() => TextAsync(store, Table, Key + "1"));
        await PutBytesAsync(inner, Table, Key, "{}"u8.ToArray());
        await Assert.ThrowsAsync<SlipwayException>(() => TextAsync(store, Table, Key));
    }

    [Fact]
    public async Task A_locked_projects_rows_fail_and_only_a_scan_of_the_whole_table_goes_past_them()
    {
        Ring ring = new();
        await using SqliteMetadataStore inner = await SqliteMetadataStore.OpenAsync(_directory["metadata.db"], None);
        SealedMetadataStore store = new(inner, ring);
        await PutAsync(store, Table, Key, "value");
        await PutAsync(store, Table, "open", "other");
        ring.Locked = true;
        await Assert.ThrowsAsync<SlipwayException>(() => TextAsync(store, Table, Key));
        await Assert.ThrowsAsync<SlipwayException>(() => PutAsync(store, Table, Key, "new"));
        await Assert.ThrowsAsync<SlipwayException>(async () => await store.ReadAsync(async r => await r.ScanAsync(Table, "secret", null, None).CountAsync(), None));
        Assert.Equal(["open"], await store.ReadAsync(async r => await r.ScanAsync(Table, null, null, None).Select(row => row.Key).ToListAsync(), None));
        ring.Locked = false;
        Assert.Equal("value", await TextAsync(store, Table, Key));
    }

    protected override async ValueTask<IMetadataStore> OpenAsync() =>
        new SealedMetadataStore(await SqliteMetadataStore.OpenAsync(_directory["metadata.db"], default), new Ring());

    private static async Task PutBytesAsync(IMetadataStore store, string table, string key, byte[] value) => await store.WriteAsync(
        async transaction =>
        {
            await transaction.PutAsync(table, key, value, None);
            return true;
        },
        None);

    private static async Task<string> TextAsync(IMetadataStore store, string table, string key) =>
        Encoding.UTF8.GetString((await store.ReadAsync(r => r.GetAsync(table, key, None), None))!);

    private sealed class Ring : IKeyRing
    {
        private readonly ProjectKeys _keys = SealedStore.KeysOf(1);

        public bool Locked { get; set; }

        public ProjectKeys? Find(string project) => project != "secret" ? null
            : Locked ? throw new SlipwayException(ErrorKind.FailedPrecondition, "locked") : _keys;

        public bool IsLocked(string project) => Locked && project == "secret";
    }
}
