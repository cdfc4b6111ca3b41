using System.Collections.Immutable;
using Slipway.Content.Metadata;
using Slipway.Content.Metadata.Sqlite;
using Slipway.Linux.Sqlite;

namespace Slipway.Content.Tests.Metadata;

public sealed class SqliteMetadataStoreTests : MetadataSuite, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string DatabasePath => _directory["metadata.db"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Steps_take_an_older_database_forward_and_keep_its_records()
    {
        await using (IMetadataStore old = await SqliteMetadataStore.OpenAsync(DatabasePath, default))
        {
            await PutAsync(old, "t", "k", "kept");
        }

        int version = SqliteSchema.Current.Version;
        SqliteSchema newer = new([.. SqliteSchema.Current.Steps, "CREATE TABLE extra (n INTEGER)", "INSERT INTO extra VALUES (7)"]);
        await using IMetadataStore store = await SqliteMetadataStore.OpenAsync(DatabasePath, newer, default);
        Assert.Equal("kept", await GetAsync(store, "t", "k"));
        using SqliteConnection connection = SqliteConnection.Open(DatabasePath, TimeSpan.FromSeconds(1));
        Assert.Equal(version + 2, connection.ExecuteNumber("PRAGMA user_version"));
        Assert.Equal(7, connection.ExecuteNumber("SELECT n FROM extra"));
    }

    [Fact]
    public async Task A_database_of_version_1_gets_sums()
    {
        using (SqliteConnection connection = SqliteConnection.Open(DatabasePath, TimeSpan.FromSeconds(1)))
        {
            connection.Execute("CREATE TABLE records (tab TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (tab, key)) WITHOUT ROWID");
            connection.Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) "
                + "INSERT INTO records SELECT 't' || (i % 3), 'key' || i, CAST('value' || i AS BLOB) FROM n");
            connection.Execute("PRAGMA user_version = 1");
        }

        await using SqliteMetadataStore store = await SqliteMetadataStore.OpenAsync(DatabasePath, default);
        Assert.Equal("value2500", await GetAsync(store, "t1", "key2500"));
        MetadataCheck check = await store.VerifyAsync(default);
        Assert.Equal(2500, check.Records);
        Assert.Empty(check.Faults);
    }

    [Theory]
    [InlineData("value = CAST('other' AS BLOB)")]
    [InlineData("sum = x'00'")]
    [InlineData("key = 'kk'")]
    [InlineData("tab = 'tt'")]
    public async Task A_changed_record_is_refused_and_named_and_its_neighbours_are_read(string change)
    {
        await using SqliteMetadataStore store = await SqliteMetadataStore.OpenAsync(DatabasePath, default);
        await PutAsync(store, "t", "j", "before");
        await PutAsync(store, "t", "k", "right");
        using (SqliteConnection connection = SqliteConnection.Open(DatabasePath, TimeSpan.FromSeconds(1)))
        {
            connection.Execute($"UPDATE records SET {change} WHERE key = 'k'");
        }

        MetadataFault fault = Assert.Single((await store.VerifyAsync(default)).Faults);
        Assert.StartsWith("t", fault.Table, StringComparison.Ordinal);
        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(() => GetAsync(store, fault.Table!, fault.Key!));
        Assert.Equal(ErrorKind.Corrupt, refused.Kind);
        Assert.Equal("before", await GetAsync(store, "t", "j"));
    }

    [Theory]
    [InlineData("value = CAST('other' AS BLOB)")]
    [InlineData("sum = x'00'")]
    [InlineData("key = 'kk'")]
    [InlineData("key = CAST(x'6bff' AS TEXT)")]
    public async Task A_changed_record_is_mended_from_a_copy_and_nothing_is_left_of_it(string change)
    {
        await using (SqliteMetadataStore first = await SqliteMetadataStore.OpenAsync(DatabasePath, default))
        {
            await PutAsync(first, "t", "k", "right");
        }

        File.Copy(DatabasePath, _directory["copy.db"]);
        using (SqliteConnection connection = SqliteConnection.Open(DatabasePath, TimeSpan.FromSeconds(1)))
        {
            connection.Execute($"UPDATE records SET {change} WHERE key = 'k'");
        }

        await using SqliteMetadataStore store = await SqliteMetadataStore.OpenAsync(DatabasePath, default);
        using MetadataCopy copy = MetadataCopy.TryOpen(_directory["copy.db"])!;
        Assert.True(await store.RepairAsync(Assert.Single((await store.VerifyAsync(default)).Faults), copy, default));
        MetadataCheck check = await store.VerifyAsync(default);
        Assert.Empty(check.Faults);
        Assert.Equal(1, check.Records);
        Assert.Equal("right", await GetAsync(store, "t", "k"));
    }

    [Fact]
    public async Task A_step_that_fails_leaves_the_version_before_it()
    {
        SqliteSchema broken = new(["CREATE TABLE records (n INTEGER)", "CREATE TABLE records (n INTEGER)"]);
        await Assert.ThrowsAsync<SlipwayException>(async () => await SqliteMetadataStore.OpenAsync(DatabasePath, broken, default));
        using SqliteConnection connection = SqliteConnection.Open(DatabasePath, TimeSpan.FromSeconds(1));
        Assert.Equal(1, connection.ExecuteNumber("PRAGMA user_version"));
    }

    [Fact]
    public async Task A_newer_database_is_refused_naming_both_versions()
    {
        using (SqliteConnection connection = SqliteConnection.Open(DatabasePath, TimeSpan.FromSeconds(1)))
        {
            connection.Execute("PRAGMA user_version = 99");
        }

        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(async () => await SqliteMetadataStore.OpenAsync(DatabasePath, default));
        Assert.Equal(ErrorKind.FailedPrecondition, refused.Kind);
        Assert.Contains("version 99", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"up to {SqliteSchema.Current.Version}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_corrupt()
    {
        await File.WriteAllTextAsync(DatabasePath, string.Concat(Enumerable.Repeat("no database ", 1000)));
        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(async () => await SqliteMetadataStore.OpenAsync(DatabasePath, default));
        Assert.Equal(ErrorKind.Corrupt, refused.Kind);
        Assert.Contains(DatabasePath, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_database_and_its_log_are_for_their_owner_only()
    {
        await using IMetadataStore store = await OpenAsync();
        await PutAsync(store, "t", "k", "secret");
        Assert.All(
            Directory.GetFiles(_directory.Path),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task A_full_database_undoes_the_change_and_goes_on()
    {
        await using SqliteMetadataStore store = await SqliteMetadataStore.OpenAsync(
            DatabasePath, new SqliteSchema(SmallSchema), default);
        SlipwayException full = await Assert.ThrowsAsync<SlipwayException>(() => PutAsync(store, "t", "big", new string('x', 1 << 20)));
        Assert.Equal(ErrorKind.OutOfSpace, full.Kind);
        await PutAsync(store, "t", "small", "fits");
        Assert.Equal("fits", await GetAsync(store, "t", "small"));
        Assert.Null(await GetAsync(store, "t", "big"));
    }

    [Fact]
    public void A_missing_library_says_which_package_has_it()
    {
        SlipwayException missing = SqliteFailure.Translate(new DllNotFoundException(), "/x/metadata.db");
        Assert.Equal(ErrorKind.Unavailable, missing.Kind);
        Assert.Equal("apt-get install libsqlite3-0", missing.Hint);
    }

    protected override async ValueTask<IMetadataStore> OpenAsync() => await SqliteMetadataStore.OpenAsync(DatabasePath, default);

    // max_page_count is a connection's own limit, so it is set by a step that the writer itself runs.
    private static ImmutableArray<SqliteStep> SmallSchema =>
    [
        .. SqliteSchema.Current.Steps,
        "PRAGMA max_page_count = 20",
    ];
}
