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
        string first = "CREATE TABLE records (tab TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (tab, key)) WITHOUT ROWID";
        await using (IMetadataStore old = await SqliteMetadataStore.OpenAsync(DatabasePath, new SqliteSchema([first]), default))
        {
            await PutAsync(old, "t", "k", "kept");
        }

        SqliteSchema newer = new([first, "CREATE TABLE extra (n INTEGER)", "INSERT INTO extra VALUES (7)"]);
        await using IMetadataStore store = await SqliteMetadataStore.OpenAsync(DatabasePath, newer, default);
        Assert.Equal("kept", await GetAsync(store, "t", "k"));
        using SqliteConnection connection = SqliteConnection.Open(DatabasePath, TimeSpan.FromSeconds(1));
        Assert.Equal(3, connection.ExecuteNumber("PRAGMA user_version"));
        Assert.Equal(7, connection.ExecuteNumber("SELECT n FROM extra"));
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
    private static ImmutableArray<string> SmallSchema =>
    [
        "CREATE TABLE records (tab TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (tab, key)) WITHOUT ROWID",
        "PRAGMA max_page_count = 20",
    ];
}
