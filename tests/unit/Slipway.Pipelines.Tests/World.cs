using System.Text;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Repos;
using Slipway.Data.Trees;
using Slipway.Pipelines.Definitions;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Scheduling;
using Slipway.Pipelines.Specs;
using Slipway.Pipelines.Tests.Memory;

namespace Slipway.Pipelines.Tests;

/// <summary>Everything that a scheduler needs, in memory, with a scripted executor; the scheduler can be stopped and another started.</summary>
public sealed class World : IImageResolver, IAsyncDisposable
{
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(60));

    public World()
    {
        Trees = new TreeStore(Blobs);
        Contents = new RepoContents(Blobs, Trees);
        Repos = new RepoStore(Metadata, TimeProvider.System);
        Commits = new CommitStore(Metadata, Contents, TimeProvider.System);
        Commits.Hook = new Propagation(Commits, TimeProvider.System);
        Pipelines = new PipelineStore(Metadata, Repos, Commits, Contents, this, TimeProvider.System);
        Jobs = new JobStore(Metadata);
        Executor = new ScriptedExecutor(Trees, Blobs);
        Scheduler = NewScheduler();
    }

    public MemoryMetadataStore Metadata { get; } = new();

    public MemoryBlobStore Blobs { get; } = new();

    public TreeStore Trees { get; }

    public RepoContents Contents { get; }

    public RepoStore Repos { get; }

    public CommitStore Commits { get; }

    public PipelineStore Pipelines { get; }

    public JobStore Jobs { get; }

    public ScriptedExecutor Executor { get; set; }

    public Scheduler Scheduler { get; private set; }

    public List<Exception> Faults { get; } = [];

    /// <summary>What image names stand for; "missing" is none.</summary>
    public Dictionary<string, PipelineImage> Images { get; } = new() { ["image"] = Image("image") };

    /// <summary>Ends a test that would wait for ever.</summary>
    public CancellationToken Patience => _patience.Token;

    public ValueTask<PipelineImage> ResolveAsync(string image, CancellationToken cancellationToken) => Images.TryGetValue(image, out PipelineImage found)
        ? ValueTask.FromResult(found)
        : throw new SlipwayException(ErrorKind.NotFound, $"there is no image {image}");

    /// <summary>An image that runs <paramref name="content"/>, as built from <paramref name="source"/>.</summary>
    public static PipelineImage Image(string content, string source = "") => new(Digest.Of(content + source + " manifest"), Digest.Of(content));

    public static PipelineSpec Spec(string name, string input, string more = "") => SpecReader.Read(
        $$"""{"pipeline": {"name": "{{name}}"}, "transform": {"image": "image", "cmd": ["run", "{{name}}"]}, "input": {{input}}{{(more.Length > 0 ? ", " + more : "")}}}""",
        "test.json")[0];

    public static string Pfs(string repo, string glob = "/*") => $$$"""{"pfs": {"repo": "{{{repo}}}", "glob": "{{{glob}}}"}}""";

    public static string Cross(params string[] inputs) => $$"""{"cross": [{{string.Join(", ", inputs)}}]}""";

    public async Task<PipelineChange> PipelineAsync(string name, string input, string more = "", bool update = false, bool reprocess = false) =>
        await Pipelines.CreateOrUpdateAsync(Spec(name, input, more), update, reprocess, Patience);

    public async Task RepoAsync(string name) => await Repos.CreateAsync(RepoName.Parse(name), "", null, Patience);

    /// <summary>Commits files; a null content deletes.</summary>
    public async Task<GlobalId> PutAsync(string repo, params (string Path, string? Content)[] files)
    {
        var edits = new List<TreeEdit>();
        foreach ((string text, string? content) in files)
        {
            DataPath path = DataPath.Parse(text);
            if (content is null)
            {
                edits.Add(new DeletePath(path));
                continue;
            }

            BlobInfo blob = await Blobs.PutAsync(Encoding.UTF8.GetBytes(content), Patience);
            edits.Add(new PutEntry(path, TreeEntry.File(path.Name, blob.Size, blob.Digest)));
        }

        Commit commit = await Commits.PutAsync(RepoName.Parse(repo), BranchName.Master, edits, "", "tester", Patience);
        return commit.GlobalId;
    }

    public async Task IdleAsync() => await Scheduler.WaitIdleAsync(Patience);

    /// <summary>The files of a branch's head, <c>/path=content</c> in order; null where it has no head.</summary>
    public async Task<string?> HeadAsync(string repo) =>
        await Commits.HeadAsync(RepoName.Parse(repo), BranchName.Master, Patience) is { Tree: { } tree } ? await TextAsync(tree) : null;

    public async Task<string> TextAsync(Digest tree)
    {
        var parts = new List<string>();
        await foreach ((DataPath path, TreeEntry file) in Trees.WalkAsync(tree, Patience))
        {
            parts.Add($"{path}={Encoding.UTF8.GetString(await Blobs.ReadAllAsync(file.Digest, Patience))}");
        }

        return string.Join(" ", parts);
    }

    public async Task<Job> LastJobAsync(string pipeline) => (await Jobs.ListAsync(PipelineName.Parse(pipeline), Patience, limit: 1))[0];

    /// <summary>Stops the scheduler as a killed server would stop, and starts another over the same stores.</summary>
    public async Task RestartAsync()
    {
        await Scheduler.DisposeAsync();
        Executor = new ScriptedExecutor(Trees, Blobs);
        Scheduler = NewScheduler();
    }

    public async ValueTask DisposeAsync()
    {
        await Scheduler.DisposeAsync();
        await Metadata.DisposeAsync();
        _patience.Dispose();
    }

    private Scheduler NewScheduler() => new(
        Metadata, Commits, Contents, Executor, new SchedulerOptions { Processors = 2, OnFault = Faults.Add, Reread = TimeSpan.FromSeconds(2) }, TimeProvider.System);
}
