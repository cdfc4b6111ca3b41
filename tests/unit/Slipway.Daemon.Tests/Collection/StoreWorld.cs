using Slipway.Build.Cache;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Sealed;
using Slipway.Content.Collection;
using Slipway.Content.Keys;
using Slipway.Content.Metadata;
using Slipway.Content.Metadata.Sealed;
using Slipway.Daemon.Collection;
using Slipway.Daemon.Hosting;
using Slipway.Daemon.Registry;
using Slipway.Daemon.Verification;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Projects;
using Slipway.Data.Repos;
using Slipway.Data.Retention;
using Slipway.Data.Trees;
using Slipway.Images;
using Slipway.Pipelines.Jobs;

namespace Slipway.Daemon.Tests.Collection;

/// <summary>The rooms that keep data, over a home of one test's own, with a collector; no engine.</summary>
public sealed class StoreWorld : IAsyncDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("slipway-daemon-tests-");

    private StoreWorld()
    {
    }

    public string Home => _home.FullName;

    public LocalBlobStore Blobs { get; private set; } = null!;

    public SqliteMetadataStore Metadata { get; private set; } = null!;

    public TreeStore Trees { get; private set; } = null!;

    public RepoStore Repos { get; private set; } = null!;

    public CommitStore Commits { get; private set; } = null!;

    public RepoContents Contents { get; private set; } = null!;

    public RetentionStore Retention { get; private set; } = null!;

    /// <summary>The projects, of which "secret" is made encrypted by <see cref="EncryptAsync"/>.</summary>
    public DataProjectStore Projects { get; private set; } = null!;

    /// <summary>What reads and writes rows of encrypted projects.</summary>
    public SealedMetadataStore Rows { get; private set; } = null!;

    /// <summary>What is given at the next start.</summary>
    public MasterKeyState Master { get; set; } = new(MasterKey.Parse(Content(32, 99)), "");

    internal IRootSource[] Roots { get; private set; } = [];

    /// <summary>The clock of retention.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    internal StoreVerifier Verifier { get; private set; } = null!;

    internal StoreCollector Collector { get; private set; } = null!;

    /// <summary>Everything that nothing names is dead at once.</summary>
    public static CollectionRules Strict { get; } = new(DateTimeOffset.MaxValue, DateTimeOffset.MaxValue, DateTimeOffset.MaxValue);

    public static async Task<StoreWorld> OpenAsync()
    {
        StoreWorld world = new();
        await world.StartAsync();
        return world;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async Task StopAsync()
    {
        Collector.Dispose();
        Projects.Dispose();
        await Metadata.DisposeAsync();
        await Blobs.DisposeAsync();
    }

    public async Task StartAsync()
    {
        Blobs = await LocalBlobStore.OpenAsync(Path.Combine(Home, "blobs"), CancellationToken.None);
        Metadata = await SqliteMetadataStore.OpenAsync(Path.Combine(Home, "metadata.db"), CancellationToken.None);
        Trees = new TreeStore(Blobs);
        Projects = await DataProjectStore.OpenAsync(Metadata, Master, TimeProvider.System, CancellationToken.None);
        Rows = new SealedMetadataStore(Metadata, Projects);
        Repos = new RepoStore(Rows, TimeProvider.System);
        Contents = new RepoContents(Blobs, Trees, Metadata, Projects);
        Commits = new CommitStore(Rows, Contents, TimeProvider.System);
        Retention = new RetentionStore(Rows, Commits, Time);
        Roots =
        [
            new OpenRoots(new CommitRoots(), Contents), new OpenRoots(new JobRoots(Commits), Contents), new ImageRoots(), new BuildCacheRoots(), new UploadRoots(), new SealedRoots(),
        ];
        Collector = new StoreCollector(Blobs, Blobs.Leases, Rows, Contents, Retention, Roots);
        Verifier = new StoreVerifier(Blobs, Metadata, Rows, Repos, Commits, Contents, Roots);
    }

    /// <summary>Makes the encrypted project "secret" with one repo.</summary>
    public async Task<RepoName> EncryptAsync()
    {
        await Projects.CreateAsync("secret", "", encrypt: true, CancellationToken.None);
        RepoName repo = RepoName.Parse("secret/people");
        await Repos.CreateAsync(repo, "", null, CancellationToken.None);
        return repo;
    }

    /// <summary>Puts files and makes a commit of them, under a lease as a request does.</summary>
    public async Task<Commit> PutAsync(RepoName repo, BranchName branch, params (string Path, byte[] Content)[] files)
    {
        using BlobLease lease = Blobs.Leases.Begin();
        List<TreeEdit> edits = [];
        foreach ((string path, byte[] content) in files)
        {
            BlobInfo blob = await Contents.Of(repo).Blobs.PutAsync(content, CancellationToken.None);
            edits.Add(new PutEntry(DataPath.Parse(path), TreeEntry.File(DataPath.Parse(path).Parts[^1], blob.Size, blob.Digest)));
        }

        return await Commits.PutAsync(repo, branch, edits, "", "", CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _home.Delete(recursive: true);
    }

    public static byte[] Content(int length, int seed)
    {
        byte[] content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }
}
