using Slipway.Build;
using Slipway.Build.Inventory;
using Slipway.Build.Outputs;
using Slipway.Build.Cache;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Collection;
using Slipway.Content.Blobs.Sealed;
using Slipway.Content.Metadata;
using Slipway.Content.Metadata.Sealed;
using Slipway.Daemon.Collection;
using Slipway.Daemon.Executors;
using Slipway.Daemon.Purging;
using Slipway.Daemon.Registry;
using Slipway.Daemon.S3;
using Slipway.Daemon.Verification;
using Slipway.Data.Commits;
using Slipway.Data.Commits.Merging;
using Slipway.Data.Commits.Rewriting;
using Slipway.Data.Contents;
using Slipway.Data.Inputs;
using Slipway.Data.Projects;
using Slipway.Data.Repos;
using Slipway.Data.Retention;
using Slipway.Data.Transactions;
using Slipway.Data.Trees;
using Slipway.Data.Triggers;
using Slipway.Data.Worktrees;
using Slipway.Data.Worktrees.Scanning;
using Slipway.Engine;
using Slipway.Images;
using Slipway.Images.Client;
using Slipway.Images.Compression;
using Slipway.Images.Referrers;
using Slipway.Images.Repositories;
using Slipway.Pipelines.Definitions;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Lineages;
using Slipway.Pipelines.Scheduling;

namespace Slipway.Daemon.Hosting;

/// <summary>Every room of the program, opened over one home and wired by hand. The only place where that happens.</summary>
public sealed class Rooms : IAsyncDisposable
{
    private Rooms()
    {
    }

    public required DaemonHome Home { get; init; }

    public required TimeProvider Time { get; init; }

    public required WorkFolders Folders { get; init; }

    public required IBlobStore Blobs { get; init; }

    /// <summary>Held by whoever puts blobs that no row names yet; see <see cref="BlobLeases"/>.</summary>
    public required BlobLeases Leases { get; init; }

    public required IMetadataStore Metadata { get; init; }

    /// <summary>Which stores keep a repo's files and trees: doors ask here, not at <see cref="Blobs"/>.</summary>
    public required RepoContents Contents { get; init; }

    /// <summary>Reads again what is stored.</summary>
    internal StoreVerifier Verifier { get; private init; } = null!;

    /// <summary>How long branches keep the files of their commits.</summary>
    public required RetentionStore Retention { get; init; }

    /// <summary>Removes content from all history.</summary>
    internal Purger Purger { get; private init; } = null!;

    /// <summary>The records of that.</summary>
    internal PurgeTables Purges { get; private init; } = null!;

    /// <summary>What the store refuses because of that.</summary>
    internal PurgedBlobs Purged { get; private init; } = null!;

    /// <summary>Measures who holds how many bytes.</summary>
    internal DiskUsage Usage { get; private init; } = null!;

    /// <summary>Every room's rows that name blobs.</summary>
    internal IReadOnlyList<IRootSource> Roots { get; private init; } = [];

    /// <summary>Removes what nothing needs.</summary>
    internal StoreCollector Collector { get; private init; } = null!;

    /// <summary>Removes what was unpacked for no image and no container.</summary>
    internal UnpackedLayers Unpacked { get; private init; } = null!;

    /// <summary>Does so by itself.</summary>
    internal CollectionSchedule Collections { get; private init; } = null!;

    /// <summary>What datums read, unpacked once; to be forgotten when data is purged.</summary>
    public required InputCache Inputs { get; init; }
    /// <summary>Reads folders of this machine into repos.</summary>
    public required FolderReader FolderReader { get; init; }

    internal SealedPlace SealedPlace { get; private init; } = null!;

    /// <summary>The same for encrypted projects, while a datum runs.</summary>
    public required InputCache SealedInputs { get; init; }

    /// <summary>Data projects and the keys of those that are encrypted.</summary>
    public required DataProjectStore Projects { get; init; }

    public required RepoStore Repos { get; init; }

    public required CommitStore Commits { get; init; }

    public required BranchStore Branches { get; init; }

    public required TagStore Tags { get; init; }

    /// <summary>Moves branches when a time has come, and drops what has expired.</summary>
    public required TriggerClock Triggers { get; init; }

    public required CommitMerger Merger { get; init; }

    public required TransactionStore Transactions { get; init; }

    public required CommitDropper Dropper { get; init; }

    public required CommitSquasher Squasher { get; init; }

    public required RepoRenamer Renamer { get; init; }

    public required ImageStore Images { get; init; }

    /// <summary>The images as a registry shows them.</summary>
    public required RepositoryStore Repositories { get; init; }

    /// <summary>Brings images from other registries.</summary>
    public required ImagePuller Puller { get; init; }

    /// <summary>Brings images to other registries.</summary>
    public required ImagePusher Pusher { get; init; }

    /// <summary>Speaks to other registries.</summary>
    public required RegistryClient RegistryClient { get; init; }

    public required SnapshotStore Snapshots { get; init; }

    public required ContainerEngine Engine { get; init; }

    /// <summary>Held by whoever makes layers, and by whoever sweeps them.</summary>
    public required LayerUse Layers { get; init; }

    public required ImageBuilder Builder { get; init; }

    public required ImageFiles ImageFiles { get; init; }

    /// <summary>Lists the packages in images.</summary>
    public required ImageInventory Inventory { get; init; }

    /// <summary>What is said about images.</summary>
    public required ReferrerStore Referrers { get; init; }

    public required PipelineStore Pipelines { get; init; }

    public required StoredImages ImageNames { get; init; }

    public required JobStore Jobs { get; init; }

    public required Scheduler Scheduler { get; init; }

    public required LineageReader Lineage { get; init; }

    /// <summary>Opens all of them; what an earlier daemon left half-done is put right on the way.</summary>
    public static async Task<Rooms> OpenAsync(
        DaemonHome home, EngineOptions engineOptions, MasterKeyState master, TimeProvider time, CancellationToken cancellationToken)
    {
        WorkFolders folders = new(home.Work);
        LocalBlobStore blobs = await LocalBlobStore.OpenAsync(home.Blobs, time, cancellationToken);
        SqliteMetadataStore database = await SqliteMetadataStore.OpenAsync(home.Metadata, cancellationToken);
        DataProjectStore projects = await DataProjectStore.OpenAsync(database, master, time, cancellationToken);
        SealedMetadataStore metadata = new(database, projects);

        RepoContents contents = new(blobs, new TreeStore(blobs), database, projects);
        RepoStore repos = new(metadata, time);
        await CommitUpgrade.RunAsync(metadata, cancellationToken);
        CommitStore commits = new(metadata, contents, time);
        BranchStore branches = new(metadata, commits, time);
        TransactionStore transactions = new(metadata, commits, branches, time);

        ImageStore images = new(metadata, blobs, time);
        RepositoryStore repositories = new(metadata, blobs, time);
        await RepositoryUpgrade.RunAsync(metadata, blobs, time, cancellationToken);
        SnapshotStore snapshots = new(home.Snapshots, blobs) { OnUnpacking = why => ServerLog.Write($"layers are unpacked, not mounted: {why}") };
        ContainerEngine engine = await ContainerEngine.OpenAsync(engineOptions, snapshots, time, cancellationToken);
        ImageBuilder builder = new(images, snapshots, engine, blobs, metadata, folders.Create("builds").Path, home.BuildCaches, time);

        InputCache inputs = InputCache.Open(home.Inputs, InputBounds.For(home.Directory));
        SealedPlace sealedPlace = SealedPlace.Open(home);
        InputCache sealedInputs = sealedPlace.OpenInputs();
        EmbeddedExecutor executor = new(folders, images, engine, contents, inputs, sealedInputs);
        JobStore jobs = new(metadata);
        ReferrerStore referrers = new(metadata, blobs, time);
        StoredImages storedImages = new(images, referrers);
        PipelineStore pipelines = new(metadata, repos, commits, contents, storedImages, time);
        commits.Hook = new Propagation(commits, time);
        SchedulerOptions schedulerOptions = new()
        {
            OnFault = fault => ServerLog.Write($"scheduler: {fault}"),
            BeginLease = blobs.Leases.Begin,
        };
        Scheduler scheduler = new(metadata, commits, contents, executor, schedulerOptions, time);
        RetentionStore retention = new(metadata, commits, time);
        IRootSource[] roots = [
            new OpenRoots(new CommitRoots(), contents), new OpenRoots(new JobRoots(commits), contents),
            new ImageRoots(), new CompressedLayerRoots(), new BuildCacheRoots(), new ContainerRoots(engine),
            new OpenRoots(new S3Roots(), contents), new UploadRoots(), new SealedRoots(),
        ];
        PurgeTables purges = new(metadata);
        await purges.LoadAsync(blobs.Purged, cancellationToken);
        PurgePlanner purgePlanner = new(blobs, commits, contents, jobs, new DamagedBlobs(repos, commits, contents, metadata, roots));
        string[] copies = [home.Work, home.Inputs, home.Engine, home.Snapshots, sealedPlace.Folder];
        StoreCollector collector = new(blobs, blobs.Leases, metadata, contents, retention, roots)
        {
            CacheMounts = builder.CacheMounts,
            MostCacheMountBytes = InputBounds.For(home.Directory).Bytes,
        };
        LayerUse layers = new();
        UnpackedLayers unpacked = new(images, engine, snapshots, layers, home.Snapshots);
        FolderReader reader = new(home.Scans, time, sealedPlace.Scans);
        reader.Tidy();
        void Forget()
        {
            inputs.Forget();
            sealedInputs.Forget();
            reader.Forget();
        }

        return new Rooms
        {
            Home = home,
            Time = time,
            RegistryClient = RegistryClient.Open(time),
            Folders = folders,
            Blobs = blobs,
            Leases = blobs.Leases,
            Metadata = metadata,
            Contents = contents,
            Collector = collector,
            Roots = roots,
            Retention = retention,
            Purges = purges,
            Purged = blobs.Purged,
            Purger = new Purger(
                blobs, metadata, purges, purgePlanner, jobs, c => collector.RunAsync(CollectionSchedule.Rules(time, null), rehearse: false, null, c), Forget, copies, time),
            Usage = new DiskUsage(blobs, repos, commits, contents, metadata, roots),
            Verifier = new StoreVerifier(blobs, database, metadata, repos, commits, contents, roots),
            Unpacked = unpacked,
            Layers = layers,
            Collections = new CollectionSchedule(collector, unpacked, blobs.Leases, time),
            Inputs = inputs,
            SealedPlace = sealedPlace,
            SealedInputs = sealedInputs,
            Projects = projects,
            FolderReader = reader,
            Repos = repos,
            Commits = commits,
            Branches = branches,
            Transactions = transactions,
            Triggers = new TriggerClock(metadata, contents, commits, transactions, time, fault => ServerLog.Write($"triggers: {fault}")),
            Tags = new TagStore(metadata, commits, time),
            Merger = new CommitMerger(metadata, contents, commits, time),
            Dropper = new CommitDropper(metadata, commits, time),
            Squasher = new CommitSquasher(metadata, commits),
            Renamer = new RepoRenamer(metadata, commits, contents, new S3Rows()),
            Images = images,
            Repositories = repositories,
            Puller = new ImagePuller(repositories, blobs, time),
            Pusher = new ImagePusher(repositories, new ManifestCompressor(blobs, time), new LayerCompressor(metadata, blobs, time), new ReferrerPlanner(repositories, blobs, time), blobs, time),
            Snapshots = snapshots,
            Engine = engine,
            Builder = builder,
            ImageFiles = new(snapshots, folders.Create("files").Path),
            Inventory = new(snapshots, folders.Create("inventory").Path),
            Referrers = referrers,
            Pipelines = pipelines,
            ImageNames = storedImages,
            Jobs = jobs,
            Scheduler = scheduler,
            Lineage = new LineageReader(commits, contents, jobs, pipelines, storedImages.FindFactsAsync),
        };
    }

    /// <summary>Stops the scheduler first (its datums are cancelled and resumed by the next daemon), the stores last. Containers of people run on.</summary>
    public async ValueTask DisposeAsync()
    {
        await Collections.DisposeAsync();
        await Triggers.DisposeAsync();
        await Scheduler.DisposeAsync();
        await Inputs.DisposeAsync();
        await SealedInputs.DisposeAsync();
        SealedPlace.Clear();
        await Engine.DisposeAsync();
        await Snapshots.DisposeAsync();
        Layers.Dispose();
        RegistryClient.Dispose();
        await Metadata.DisposeAsync();
        Projects.Dispose();
        if (Blobs is IAsyncDisposable blobs)
        {
            await blobs.DisposeAsync();
        }
    }
}
