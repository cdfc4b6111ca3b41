using System.Text;
using Slipway.Content.Metadata;

namespace Slipway.Content.Tests.Metadata;

/// <summary>What every <see cref="IMetadataStore"/> must do. A derived class opens one; all of these facts then run over it.</summary>
public abstract class MetadataSuite
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_value_is_read_back_by_its_table_and_key()
    {
        await using IMetadataStore store = await OpenAsync();
        await PutAsync(store, "repos", "a", "one");
        await PutAsync(store, "commits", "a", "two");
        Assert.Equal("one", await GetAsync(store, "repos", "a"));
        Assert.Equal("two", await GetAsync(store, "commits", "a"));
        Assert.Null(await GetAsync(store, "repos", "b"));
        Assert.Null(await GetAsync(store, "jobs", "a"));
    }

    [Fact]
    public async Task A_put_replaces_and_a_delete_tells_whether_the_key_was_there()
    {
        await using IMetadataStore store = await OpenAsync();
        await PutAsync(store, "t", "k", "old");
        await PutAsync(store, "t", "k", "new");
        Assert.Equal("new", await GetAsync(store, "t", "k"));
        Assert.True(await DeleteAsync(store, "t", "k"));
        Assert.False(await DeleteAsync(store, "t", "k"));
        Assert.Null(await GetAsync(store, "t", "k"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\u001fb")]
    [InlineData("nul\0inside")]
    [InlineData("naïve \U0001F600 'quoted' -- %_")]
    public async Task Any_Unicode_text_is_a_key(string key)
    {
        await using IMetadataStore store = await OpenAsync();
        await PutAsync(store, "t", key, "value");
        Assert.Equal("value", await GetAsync(store, "t", key));
        Assert.Equal([key], await KeysAsync(store, "t"));
    }

    [Fact]
    public async Task An_empty_value_is_a_value()
    {
        await using IMetadataStore store = await OpenAsync();
        await PutAsync(store, "t", "k", string.Empty);
        Assert.Equal(string.Empty, await GetAsync(store, "t", "k"));
    }

    [Fact]
    public async Task A_key_with_half_a_surrogate_pair_is_refused()
    {
        await using IMetadataStore store = await OpenAsync();
        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(() => PutAsync(store, "t", "\ud83d", "value"));
        Assert.Equal(ErrorKind.InvalidArgument, refused.Kind);
    }

    [Fact]
    public async Task Keys_are_ordered_by_their_UTF8_bytes()
    {
        // UTF-16 would put U+FFFD above U+1F600, and a culture would put "a" before "B".
        string[] keys = ["B", "a", "a\u001fx", "a b", "ab", "é", "\uFFFD", "\U0001F600", "Z"];
        await using IMetadataStore store = await OpenAsync();
        foreach (string key in keys)
        {
            await PutAsync(store, "t", key, "v");
        }

        string[] expected = [.. keys.Order(Comparer<string>.Create(CompareBytes))];
        Assert.Equal(expected, await KeysAsync(store, "t"));
        Assert.Equal(expected.Reverse(), await KeysAsync(store, "t", descending: true));
    }

    [Fact]
    public async Task A_scan_takes_its_range_direction_and_limit()
    {
        await using IMetadataStore store = await OpenAsync();
        await FillAsync(store, "t", 1000);
        await PutAsync(store, "s", "9999", "before");
        await PutAsync(store, "u", "0000", "behind");
        string[] all = [.. Enumerable.Range(0, 1000).Select(Key)];
        Assert.Equal(all, await KeysAsync(store, "t"));
        Assert.Equal(all.Reverse(), await KeysAsync(store, "t", descending: true));
        Assert.Equal(all[100..900], await KeysAsync(store, "t", Key(100), Key(900)));
        Assert.Equal(all[100..900].Reverse(), await KeysAsync(store, "t", Key(100), Key(900), descending: true));
        Assert.Equal(all[100..117], await KeysAsync(store, "t", Key(100), null, limit: 17));
        Assert.Equal(all[883..900].Reverse(), await KeysAsync(store, "t", null, Key(900), descending: true, limit: 17));
        Assert.Empty(await KeysAsync(store, "t", Key(5), Key(5)));
        Assert.Empty(await KeysAsync(store, "t", limit: 0));
    }

    [Fact]
    public async Task A_transaction_reads_and_scans_its_own_writes()
    {
        await using IMetadataStore store = await OpenAsync();
        await PutAsync(store, "t", "b", "old");
        List<string> seen = await store.WriteAsync(
            async transaction =>
            {
                await transaction.PutAsync("t", "a", Bytes("new"), None);
                await transaction.DeleteAsync("t", "b", None);
                await transaction.PutAsync("t", "c", Bytes("new"), None);
                Assert.Null(await transaction.GetAsync("t", "b", None));
                return await ScanAsync(transaction, "t");
            },
            None);
        Assert.Equal(["a", "c"], seen);
    }

    [Fact]
    public async Task A_table_may_be_changed_while_it_is_scanned()
    {
        await using IMetadataStore store = await OpenAsync();
        await FillAsync(store, "t", 700);
        int deleted = await store.WriteAsync(
            async transaction =>
            {
                int count = 0;
                await foreach ((string key, _) in transaction.ScanAsync("t", null, null, None))
                {
                    count += await transaction.DeleteAsync("t", key, None) ? 1 : 0;
                }

                return count;
            },
            None);
        Assert.Equal(700, deleted);
        Assert.Empty(await KeysAsync(store, "t"));
    }

    [Fact]
    public async Task An_exception_undoes_the_whole_transaction()
    {
        await using IMetadataStore store = await OpenAsync();
        await PutAsync(store, "t", "a", "before");
        await Assert.ThrowsAsync<FormatException>(async () => await store.WriteAsync<int>(
            async transaction =>
            {
                await transaction.PutAsync("t", "a", Bytes("after"), None);
                await transaction.PutAsync("t", "b", Bytes("after"), None);
                throw new FormatException();
            },
            None));
        Assert.Equal("before", await GetAsync(store, "t", "a"));
        Assert.Null(await GetAsync(store, "t", "b"));
        await PutAsync(store, "t", "c", "the store goes on");
        Assert.Equal("the store goes on", await GetAsync(store, "t", "c"));
    }

    [Fact]
    public async Task A_reader_keeps_its_snapshot_while_a_writer_commits()
    {
        await using IMetadataStore store = await OpenAsync();
        await PutAsync(store, "t", "k", "before");
        string? second = await store.ReadAsync(
            async reader =>
            {
                Assert.Equal("before", Text(await reader.GetAsync("t", "k", None)));
                await Task.Run(() => PutAsync(store, "t", "k", "after"));
                return Text(await reader.GetAsync("t", "k", None));
            },
            None);
        Assert.Equal("before", second);
        Assert.Equal("after", await GetAsync(store, "t", "k"));
    }

    [Fact]
    public async Task Concurrent_writers_lose_no_update()
    {
        await using IMetadataStore store = await OpenAsync();
        await PutAsync(store, "t", "n", "0");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 25; i++)
            {
                await store.WriteAsync(
                    async transaction =>
                    {
                        int n = int.Parse(Text(await transaction.GetAsync("t", "n", None))!, null);
                        await Task.Yield();
                        await transaction.PutAsync("t", "n", Bytes($"{n + 1}"), None);
                        return n;
                    },
                    None);
            }
        })));
        Assert.Equal("200", await GetAsync(store, "t", "n"));
    }

    [Fact]
    public async Task A_write_inside_a_write_is_refused_instead_of_waiting_for_itself()
    {
        await using IMetadataStore store = await OpenAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.WriteAsync(
            _ => store.WriteAsync(_ => ValueTask.FromResult(0), None), None));
        await PutAsync(store, "t", "k", "v");
    }

    [Fact]
    public async Task A_reader_is_dead_after_its_body()
    {
        await using IMetadataStore store = await OpenAsync();
        IMetadataReader escaped = await store.ReadAsync(ValueTask.FromResult, None);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await escaped.GetAsync("t", "k", None));
    }

    [Fact]
    public async Task A_cancelled_call_changes_nothing()
    {
        await using IMetadataStore store = await OpenAsync();
        using CancellationTokenSource source = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.WriteAsync(
            async transaction =>
            {
                await transaction.PutAsync("t", "k", Bytes("v"), source.Token);
                await source.CancelAsync();
                await transaction.PutAsync("t", "l", Bytes("v"), source.Token);
                return 0;
            },
            source.Token));
        Assert.Empty(await KeysAsync(store, "t"));
    }

    [Fact]
    public async Task What_was_written_is_there_when_the_store_is_opened_again()
    {
        await using (IMetadataStore store = await OpenAsync())
        {
            await FillAsync(store, "t", 50);
        }

        await using IMetadataStore again = await OpenAsync();
        Assert.Equal(50, (await KeysAsync(again, "t")).Count);
    }

    /// <summary>Opens the store of this test; called again after it was disposed, it opens the same one.</summary>
    protected abstract ValueTask<IMetadataStore> OpenAsync();

    protected static async Task PutAsync(IMetadataStore store, string table, string key, string value) => await store.WriteAsync(
        async transaction =>
        {
            await transaction.PutAsync(table, key, Bytes(value), None);
            return true;
        },
        None);

    protected static async Task<string?> GetAsync(IMetadataStore store, string table, string key) =>
        Text(await store.ReadAsync(reader => reader.GetAsync(table, key, None), None));

    private static async Task<bool> DeleteAsync(IMetadataStore store, string table, string key) =>
        await store.WriteAsync(transaction => transaction.DeleteAsync(table, key, None), None);

    private static async Task FillAsync(IMetadataStore store, string table, int count) => await store.WriteAsync(
        async transaction =>
        {
            for (int i = 0; i < count; i++)
            {
                await transaction.PutAsync(table, Key(i), Bytes($"{i}"), None);
            }

            return count;
        },
        None);

    private static async Task<List<string>> KeysAsync(
        IMetadataStore store, string table, string? from = null, string? to = null, bool descending = false, int limit = int.MaxValue) =>
        await store.ReadAsync(async reader => await ScanAsync(reader, table, from, to, descending, limit), None);

    private static async ValueTask<List<string>> ScanAsync(
        IMetadataReader reader, string table, string? from = null, string? to = null, bool descending = false, int limit = int.MaxValue)
    {
        List<string> keys = [];
        await foreach ((string key, _) in reader.ScanAsync(table, from, to, None, descending, limit))
        {
            keys.Add(key);
        }

        return keys;
    }

    private static int CompareBytes(string? left, string? right) => Bytes(left!).AsSpan().SequenceCompareTo(Bytes(right!));

    private static string Key(int number) => $"{number:d4}";

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);
}
