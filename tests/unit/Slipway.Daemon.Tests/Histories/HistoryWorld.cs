using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Sealed;
using Slipway.Content.Collection;
using Slipway.Content.Keys;
using Slipway.Content.Metadata;
using Slipway.Content.Metadata.Sealed;
using Slipway.Content.Tests.Crashes;
using Slipway.Daemon.Collection;
using Slipway.Daemon.Hosting;
using Slipway.Daemon.Purging;
using Slipway.Daemon.Tests.Collection;
using Slipway.Daemon.Verification;
using Slipway.Data.Commits;
using Slipway.Data.Commits.Merging;
using Slipway.Data.Commits.Rewriting;
using Slipway.Data.Contents;
using Slipway.Data.Projects;
using Slipway.Data.Repos;
using Slipway.Data.Retention;
using Slipway.Data.Transactions;
using Slipway.Data.Trees;
using Slipway.Pipelines.Jobs;

namespace Slipway.Daemon.Tests.Histories;

/// <summary>The real rooms that keep data, in one folder, which can be crashed once: then a folder of what is left stands beside.</summary>
internal sealed class HistoryWorld : IAsyncDisposable
{
    /// <summary>The encrypted project.</summary>
    public const string Secret = "secret";

    private const int SegmentSize = 30_000;

    private readonly SqliteMetadataStore _database;

    private HistoryWorld(string home, LocalBlobStore blobs, SqliteMetadataStore database, IMetadataStore rows, DataProjectStore projects)
    {
        (Home, Blobs, Projects, _database) = (home, blobs, projects, database);
        Metadata = new SealedMetadataStore(rows, projects);
        Contents = new RepoContents(blobs, new TreeStore(blobs), rows, projects);
        Repos = new RepoStore(Metadata, TimeProvider.System);
        Commits = new CommitStore(Metadata, Contents, TimeProvider.System);
        Branches = new BranchStore(Metadata, Commits, TimeProvider.System);
        Tags = new TagStore(Metadata, Commits, TimeProvider.System);
        Merger = new CommitMerger(Metadata, Contents, Commits, TimeProvider.System);
        Dropper = new CommitDropper(Metadata, Commits, TimeProvider.System);
        Squasher = new CommitSquasher(Metadata, Commits);
        Transactions = new TransactionStore(Metadata, Commits, Branches, TimeProvider.System);
        IRootSource[] roots = [new OpenRoots(new CommitRoots(), Contents), new SealedRoots()];
        Collector = new StoreCollector(blobs, blobs.Leases, Metadata, Contents, new RetentionStore(Metadata, Commits, TimeProvider.System), roots);
        Verifier = new StoreVerifier(blobs, database, Metadata, Repos, Commits, Contents, roots);
        Purges = new PurgeTables(Metadata);
        JobStore jobs = new(Metadata);
        PurgePlanner planner = new(blobs, Commits, Contents, jobs, new DamagedBlobs(Repos, Commits, Contents, Metadata, roots));
        Purger = new Purger(blobs, Metadata, Purges, planner, jobs, _ => CollectAsync(), () => { }, [], TimeProvider.System);
    }

    public static RepoName Repo { get; } = RepoName.Parse("data");

    /// <summary>The repos of a history: two of them are in one encrypted project.</summary>
    public static ImmutableArray<RepoName> All { get; } = [Repo, RepoName.Parse($"{Secret}/people"), RepoName.Parse($"{Secret}/places")];

    public string Home { get; }

    public LocalBlobStore Blobs { get; }

    public IMetadataStore Metadata { get; }

    public DataProjectStore Projects { get; }

    public RepoContents Contents { get; }

    public TreeStore Trees => Contents.Of(Repo).Trees;

    public RepoStore Repos { get; }

    public CommitStore Commits { get; }

    public BranchStore Branches { get; }

    public TagStore Tags { get; }

    public CommitMerger Merger { get; }

    public CommitDropper Dropper { get; }

    public CommitSquasher Squasher { get; }

    public TransactionStore Transactions { get; }

    public StoreCollector Collector { get; }

    public StoreVerifier Verifier { get; }

    public PurgeTables Purges { get; }

    public Purger Purger { get; }

    /// <summary>Opens the rooms over a folder.</summary>
    /// <param name="crashAt">The number of the change, to a file of the blob store or in a transaction, at which the crash comes.</param>
    /// <param name="image">Where what is left is written.</param>
    /// <param name="masters">The master keys that the home may have, the likeliest first; null: some key.</param>
    public static async Task<HistoryWorld> OpenAsync(
        string home, long crashAt, string image, int seed, bool isPowerCut, IReadOnlyList<MasterKey>? masters = null)
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
        HistoryWorld world = new(home, store, metadata, torn, await OpenProjectsAsync(torn, masters ?? [NewMaster(0)]));
        await world.Purges.LoadAsync(store.Purged, default);
        return world;
    }

    /// <summary>A master key of that number.</summary>
    public static MasterKey NewMaster(int number) => MasterKey.Parse(StoreWorld.Content(32, number));

    /// <summary>Makes the encrypted project and the repos.</summary>
    public async Task BeginAsync()
    {
        await Projects.CreateAsync(Secret, "", encrypt: true, default);
        foreach (RepoName repo in All)
        {
            await Repos.CreateAsync(repo, "", null, default);
        }
    }

    public Task CollectAsync() => Collector.RunAsync(StoreWorld.Strict, rehearse: false, null, default);

    /// <summary>How many edits the journal of an open commit has.</summary>
    public ValueTask<int> CountEditsAsync(RepoName repo, GlobalId open) => Metadata.ReadAsync(
        async reader =>
        {
            string prefix = TableKey.Join(repo.ToString(), open.ToString(), "");
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
        Projects.Dispose();
        await _database.DisposeAsync();
        await Blobs.DisposeAsync();
    }

    private static async Task<DataProjectStore> OpenProjectsAsync(IMetadataStore rows, IReadOnlyList<MasterKey> masters)
    {
        foreach (MasterKey master in masters)
        {
            DataProjectStore projects = await DataProjectStore.OpenAsync(rows, new MasterKeyState(master, ""), TimeProvider.System, default);
            if (!projects.IsLocked(Secret))
            {
                return projects;
            }

            projects.Dispose();
        }

        throw new InvalidOperationException("no master key that was ever given opens the project");
    }

    private static void Write(string image, byte[] database, byte[] wal)
    {
        File.WriteAllBytes(Path.Combine(image, "metadata.db"), database);
        File.WriteAllBytes(Path.Combine(image, "metadata.db-wal"), wal);
    }
}
