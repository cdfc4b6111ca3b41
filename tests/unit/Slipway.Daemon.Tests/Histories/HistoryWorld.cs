using System.Text.Json;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;
using Slipway.Content.Tests.Crashes;
using Slipway.Daemon.Collection;
using Slipway.Daemon.Tests.Collection;
using Slipway.Daemon.Verification;
using Slipway.Data.Commits;
using Slipway.Data.Commits.Merging;
using Slipway.Data.Commits.Rewriting;
using Slipway.Data.Contents;
using Slipway.Data.Repos;
using Slipway.Data.Retention;
using Slipway.Data.Trees;

namespace Slipway.Daemon.Tests.Histories;

/// <summary>The real rooms that keep data, in one folder, which can be crashed once: then a folder of what is left stands beside.</summary>
internal sealed class HistoryWorld : IAsyncDisposable
{
    private const int SegmentSize = 30_000;

    private readonly SqliteMetadataStore _database;

    private HistoryWorld(string home, LocalBlobStore blobs, SqliteMetadataStore database, IMetadataStore metadata)
    {
        (Home, Blobs, Metadata, _database) = (home, blobs, metadata, database);
        Trees = new TreeStore(blobs);
        RepoContents contents = new(blobs, Trees);
        Repos = new RepoStore(metadata, TimeProvider.System);
        Commits = new CommitStore(metadata, contents, TimeProvider.System);
        Branches = new BranchStore(metadata, Commits, TimeProvider.System);
        Tags = new TagStore(metadata, Commits, TimeProvider.System);
        Merger = new CommitMerger(metadata, contents, Commits, TimeProvider.System);
        Dropper = new CommitDropper(metadata, Commits, TimeProvider.System);
        Squasher = new CommitSquasher(metadata, Commits);
        IRootSource[] roots = [new CommitRoots()];
        Collector = new StoreCollector(blobs, blobs.Leases, metadata, contents, new RetentionStore(metadata, Commits, TimeProvider.System), roots);
        Verifier = new StoreVerifier(blobs, database, metadata, Repos, Commits, contents, roots);
    }

    public static RepoName Repo { get; } = RepoName.Parse("data");

    public string Home { get; }

    public LocalBlobStore Blobs { get; }

    public IMetadataStore Metadata { get; }

    public TreeStore Trees { get; }

    public RepoStore Repos { get; }

    public CommitStore Commits { get; }

    public BranchStore Branches { get; }

    public TagStore Tags { get; }

    public CommitMerger Merger { get; }

    public CommitDropper Dropper { get; }

    public CommitSquasher Squasher { get; }

    public StoreCollector Collector { get; }

    public StoreVerifier Verifier { get; }

    /// <summary>Opens the rooms over a folder.</summary>
    /// <param name="crashAt">The number of the change, to a file of the blob store or in a transaction, at which the crash comes.</param>
    /// <param name="image">Where what is left is written.</param>
    public static async Task<HistoryWorld> OpenAsync(string home, long crashAt, string image, int seed, bool isPowerCut)
    {
        Random random = new(seed);
        string blobs = Path.Combine(home, "blobs"), path = Path.Combine(home, "metadata.db");
        DiskLog log = new(blobs) { CrashAt = crashAt };
        log.Crash = change =>
        {
            log.WriteImage(Path.Combine(image, "blobs"), random, change, isPowerCut);
            (byte[] database, byte[] wal) = TornDatabase.Read(path);
            Write(image, database, wal);
        };
        LocalBlobStore store = await LocalBlobStore.OpenAsync(blobs, SegmentSize, default, log.Watch);
        SqliteMetadataStore metadata = await SqliteMetadataStore.OpenAsync(path, default);
        TornDatabase torn = new(metadata, path, log, random, () =>
        {
            log.WriteImage(Path.Combine(image, "blobs"), random, null, isPowerCut);
            return (database, wal) => Write(image, database, wal);
        });
        return new HistoryWorld(home, store, metadata, torn);
    }

    public Task CollectAsync() => Collector.RunAsync(StoreWorld.Strict, rehearse: false, null, default);

    /// <summary>How many edits the journal of an open commit has.</summary>
    public ValueTask<int> CountEditsAsync(GlobalId open) => _database.ReadAsync(
        async reader =>
        {
            string prefix = TableKey.Join(Repo.ToString(), open.ToString(), "");
            int count = 0;
            await foreach ((_, byte[] page) in reader.ScanAsync("commit-journal", prefix, prefix + '\uFFFF', default))
            {
                count += JsonDocument.Parse(page).RootElement.GetProperty("edits").GetArrayLength();
            }

            return count;
        },
        default);

    public async ValueTask DisposeAsync()
    {
        Collector.Dispose();
        await _database.DisposeAsync();
        await Blobs.DisposeAsync();
    }

    private static void Write(string image, byte[] database, byte[] wal)
    {
        File.WriteAllBytes(Path.Combine(image, "metadata.db"), database);
        File.WriteAllBytes(Path.Combine(image, "metadata.db-wal"), wal);
    }
}
