using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Data.Commits.Merging;
using Slipway.Data.Commits.Rewriting;
using Slipway.Data.Contents;
using Slipway.Data.Repos;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;
using Slipway.Linux;

namespace Slipway.Data.Tests.Commits;

/// <summary>One repo over a real database in a folder of its own, with short forms for histories.</summary>
internal sealed class History : IAsyncDisposable
{
    private readonly string _folder;

    private History(string folder, SqliteMetadataStore metadata)
    {
        _folder = folder;
        Metadata = metadata;
        Trees = new TreeStore(Blobs);
        Repos = new RepoStore(metadata, Time);
        Commits = new CommitStore(metadata, Trees, Blobs, Time) { Hook = Hook };
        Branches = new BranchStore(metadata, Commits, Time);
        Merger = new CommitMerger(metadata, new RepoContents(Blobs, Trees), Commits, Time);
        Dropper = new CommitDropper(metadata, Commits, Time);
        Squasher = new CommitSquasher(metadata, Commits);
        Renamer = new RepoRenamer(metadata, Commits, new RepoContents(Blobs, Trees));
        Tags = new TagStore(metadata, Commits, Time);
    }

    public static RepoName Repo { get; } = RepoName.Parse("data");

    public ManualTime Time { get; } = new();

    public RecordingHook Hook { get; } = new();

    public InMemoryBlobStore Blobs { get; } = new();

    public SqliteMetadataStore Metadata { get; }

    public TreeStore Trees { get; }

    public RepoStore Repos { get; }

    public CommitStore Commits { get; }

    public BranchStore Branches { get; }

    public TagStore Tags { get; }

    public CommitMerger Merger { get; }

    public CommitDropper Dropper { get; }

    public CommitSquasher Squasher { get; }

    public RepoRenamer Renamer { get; }

    public static async Task<History> OpenAsync()
    {
        string folder = Directory.CreateTempSubdirectory("slipway-data-").FullName;
        History history = new(folder, await SqliteMetadataStore.OpenAsync(Path.Join(folder, "metadata.db"), default));
        await history.Repos.CreateAsync(Repo, "", null, default);
        return history;
    }

    public static BranchName Name(string name) => BranchName.Parse(name);

    public static CommitReference At(string revision) => CommitReference.Parse($"data@{revision}");

    /// <summary>Commits edits to a branch, a second later than the last.</summary>
    public async Task<Commit> PutAsync(string branch, params TreeEdit[] edits)
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        return await Commits.PutAsync(Repo, Name(branch), edits, $"to {branch}", "ann", default);
    }

    public async Task<Branch> ForkAsync(string name, string from) => await Branches.CreateAsync(Repo, Name(name), At(from), default);

    public async Task<Commit> ResolveAsync(string revision) => await Commits.ResolveAsync(At(revision), default);

    public async Task<Commit?> HeadAsync(string branch) => await Commits.HeadAsync(Repo, Name(branch), default);

    public async Task<List<GlobalId>> LogAsync(string? branch) =>
        await Commits.LogAsync(Repo, branch is null ? null : Name(branch), default).Select(c => c.GlobalId).ToListAsync();

    /// <summary>The paths and texts of a branch's head, as <c>/a=1</c>, in order.</summary>
    public async Task<string> FilesAsync(string revision)
    {
        Dictionary<string, string> texts = Enumerable.Range(0, 100).Select(i => $"{i}").Append("x").ToDictionary(t => Digest.Of(t).Hex);
        return string.Join(' ', (await Trees.FilesAsync((await ResolveAsync(revision)).Tree!.Value)).Select(f => $"{f.Key}={texts[f.Value]}"));
    }

    /// <summary>The keys of a table.</summary>
    public async Task<List<string>> RowsAsync(string table) =>
        await Metadata.ReadAsync(async r => await r.ScanAsync(table, null, null, default).Select(row => row.Key).ToListAsync(), default);

    public static async Task<SlipwayException> FailsAsync(ErrorKind kind, Func<Task> call)
    {
        SlipwayException error = await Assert.ThrowsAsync<SlipwayException>(call);
        Assert.Equal(kind, error.Kind);
        return error;
    }

    public async ValueTask DisposeAsync()
    {
        await Metadata.DisposeAsync();
        DirectoryTree.Delete(_folder);
    }
}
