using System.Text;
using Slipway.Data.Commits;
using Slipway.Data.Commits.Merging;
using Slipway.Data.Commits.Rewriting;
using Slipway.Data.Contents;
using Slipway.Data.Repos;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Transactions;
using Slipway.Data.Trees;
using Slipway.Data.Trees.Merging;
using Slipway.Data.Triggers;

namespace Slipway.Data.Tests.Commits;

/// <summary>Each verb that changes a history is killed at each of its writes: what is stored is then as before, to the last row.</summary>
public sealed class AllOrNothingTests
{
    private static readonly string[] Tables =
    [
        "repos", "repo-aliases", "branches", "tags", "triggers", "transactions", "commits", "commits-by-branch", "commits-by-global-id", "commits-by-id",
        "commits-by-parent", "commits-by-input", "commits-open", "commits-expiring", "commit-journal",
    ];

    public static TheoryData<string> Verbs => ["put", "finish", "merge", "revert", "squash", "drop", "move", "create", "rename branch", "rename repo", "tag", "transaction", "together"];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task A_verb_happens_wholly_or_not_at_all(string verb)
    {
        InMemoryMetadataStore store = new();
        FailingMetadataStore failing = new(store);
        World world = new(failing);
        await world.PrepareAsync();
        string before = await DumpAsync(store);
        int kills = 0;
        while (true)
        {
            failing.Left = kills;
            int committed = failing.Committed;
            try
            {
                await world.DoAsync(verb);
                Assert.Equal(committed + 1, failing.Committed);
                break;
            }
            catch (IOException)
            {
                Assert.Equal(before, await DumpAsync(store));
                kills++;
            }
        }

        Assert.InRange(kills, 1, 200);
        Assert.NotEqual(before, await DumpAsync(store));
    }

    private static async Task<string> DumpAsync(InMemoryMetadataStore store)
    {
        StringBuilder text = new();
        foreach (string table in Tables)
        {
            foreach ((string key, byte[] value) in await store.ReadAsync(async r => await r.ScanAsync(table, null, null, default).ToListAsync(), default))
            {
                text.Append(table).Append(' ').Append(key).Append(' ').Append(Encoding.UTF8.GetString(value)).Append('\n');
            }
        }

        return text.ToString();
    }

    // A repo with two branches that differ, a branch that follows, a tag, two open commits and a transaction.
    private sealed class World
    {
        private static readonly RepoName Other = RepoName.Parse("other");

        private readonly RepoStore _repos;
        private readonly CommitStore _commits;
        private readonly BranchStore _branches;
        private readonly TagStore _tags;
        private readonly CommitMerger _merger;
        private readonly CommitSquasher _squasher;
        private readonly CommitDropper _dropper;
        private readonly RepoRenamer _renamer;
        private readonly TransactionStore _transactions;
        private readonly ManualTime _time = new();
        private Commit _open = null!;
        private Commit _openElsewhere = null!;
        private GlobalId _transaction;

        public World(FailingMetadataStore metadata)
        {
            InMemoryBlobStore blobs = new();
            RepoContents contents = new(blobs, new TreeStore(blobs));
            _repos = new RepoStore(metadata, _time);
            _commits = new CommitStore(metadata, contents, _time) { Hook = new RecordingHook() };
            _branches = new BranchStore(metadata, _commits, _time);
            _tags = new TagStore(metadata, _commits, _time);
            _merger = new CommitMerger(metadata, contents, _commits, _time);
            _squasher = new CommitSquasher(metadata, _commits);
            _dropper = new CommitDropper(metadata, _commits, _time);
            _renamer = new RepoRenamer(metadata, _commits, contents);
            _transactions = new TransactionStore(metadata, _commits, _branches, _time);
        }

        public async Task PrepareAsync()
        {
            await _repos.CreateAsync(History.Repo, "", null, default);
            await _repos.CreateAsync(Other, "", null, default);
            await PutAsync("master", Edits.Put("/a", "1"));
            await PutAsync("master", Edits.Put("/b", "1"));
            await _branches.CreateAsync(History.Repo, History.Name("try"), History.At("master"), default);
            await PutAsync("try", Edits.Put("/t", "1"));
            await PutAsync("master", Edits.Put("/b", "2"));
            BranchTrigger trigger = BranchTrigger.Create(BranchName.Master, 1, null, null, null, false, _time.GetUtcNow());
            await _branches.CreateAsync(History.Repo, History.Name("follows"), null, trigger, default);
            await _tags.CreateAsync(History.At("master.1"), History.Name("v1"), "", "", default);
            _open = await _commits.StartAsync(History.Repo, BranchName.Master, "", "", TimeSpan.FromHours(1), default);
            await _commits.EditAsync(History.Repo, _open.GlobalId, [Edits.Put("/c", "1")], default);
            _openElsewhere = await _commits.StartAsync(Other, BranchName.Master, "", "", default);
            _transaction = (await _transactions.BeginAsync("", "", null, default)).Id;
            foreach ((RepoName repo, string branch) in new[] { (History.Repo, "third"), (Other, "master") })
            {
                await _transactions.StartCommitAsync(_transaction, repo, History.Name(branch), default);
                await _commits.EditAsync(repo, _transaction, [Edits.Put("/x", "1")], default);
            }

            await _transactions.PlanMoveAsync(_transaction, History.Repo, BranchName.Master, History.At("v1"), false, default);
        }

        public async Task DoAsync(string verb)
        {
            MergeOptions plain = new(MergeFavor.None, null, "ann");
            Task done = verb switch
            {
                "put" => PutAsync("master", Edits.Put("/z", "1")),
                "finish" => _commits.FinishAsync(History.Repo, _open.GlobalId, default).AsTask(),
                "merge" => _merger.MergeAsync(History.At("try"), History.Repo, BranchName.Master, plain, default).AsTask(),
                "revert" => _merger.RevertAsync(History.At("master"), null, plain, default).AsTask(),
                "squash" => _squasher.SquashAsync(History.Repo, BranchName.Master, null, null, "", default).AsTask(),
                "drop" => _dropper.DropAsync(History.At("master.2"), true, false, default).AsTask(),
                "move" => _branches.MoveAsync(History.Repo, BranchName.Master, History.At("try"), null, default).AsTask(),
                "create" => _branches.CreateAsync(History.Repo, History.Name("new"), History.At("try"), default).AsTask(),
                "rename branch" => _branches.RenameAsync(History.Repo, BranchName.Master, History.Name("main"), default).AsTask(),
                "rename repo" => _renamer.RenameAsync(History.Repo, RepoName.Parse("p/new"), default).AsTask(),
                "tag" => _tags.CreateAsync(History.At("try"), History.Name("v2"), "", "", default).AsTask(),
                "transaction" => _transactions.FinishAsync(_transaction, default).AsTask(),
                _ => _commits.FinishAllAsync([(History.Repo, _open.GlobalId), (Other, _openElsewhere.GlobalId)], default).AsTask(),
            };
            await done;
        }

        private async Task PutAsync(string branch, params TreeEdit[] edits)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await _commits.PutAsync(History.Repo, History.Name(branch), edits, "", "", default);
        }
    }
}
