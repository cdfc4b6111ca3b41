using System.Text;
using Slipway.Content;
using Slipway.Daemon.Purging;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Transactions;
using Slipway.Data.Trees;

namespace Slipway.Daemon.Tests.Histories;

/// <summary>A model, and a store, written out alike.</summary>
internal static class HistoryText
{
    /// <summary>What a model says.</summary>
    public static string Of(StoreModel model)
    {
        StringBuilder text = new();
        foreach ((GlobalId id, TransactionModel transaction) in model.Transactions)
        {
            text.AppendLine($"transaction {id}");
            foreach (PartModel part in transaction.Parts)
            {
                text.AppendLine($"part {HistoryWorld.All[part.Repo]} {part.Branch}");
            }

            foreach (MoveModel move in transaction.Moves)
            {
                text.AppendLine($"move {HistoryWorld.All[move.Repo]} {move.Branch} {move.Expected} {move.To} {move.IsNew}");
            }
        }

        foreach ((Digest purged, bool allowed) in model.Purged)
        {
            text.AppendLine($"purged {purged.Short} {allowed}");
        }

        foreach ((RepoName name, HistoryModel repo) in HistoryWorld.All.Zip(model.Repos))
        {
            text.AppendLine($"repo {name}");
            Add(text, repo);
        }

        return text.ToString();
    }

    /// <summary>What a store says.</summary>
    public static async Task<string> OfAsync(HistoryWorld world)
    {
        StringBuilder text = new();
        foreach (Transaction transaction in (await world.Transactions.ListAsync(default)).OrderBy(transaction => transaction.Id))
        {
            text.AppendLine($"transaction {transaction.Id}");
            foreach (TransactionPart part in transaction.Parts)
            {
                text.AppendLine($"part {part.Repo} {part.Branch}");
            }

            foreach (PlannedMove move in transaction.Moves)
            {
                text.AppendLine($"move {move.Repo} {move.Branch} {move.Expected} {move.To} {move.IsNew}");
            }
        }

        foreach (PurgeRecord purged in (await world.Purges.ListAsync(default)).OrderBy(record => record.Digest))
        {
            text.AppendLine($"purged {purged.Digest.Short} {purged.AllowedBy is not null}");
        }

        foreach (RepoName name in HistoryWorld.All)
        {
            text.AppendLine($"repo {name}");
            await AddAsync(text, world, name);
        }

        return text.ToString();
    }

    private static void Add(StringBuilder text, HistoryModel model)
    {
        foreach ((string branch, GlobalId? head) in model.Branches)
        {
            text.AppendLine($"branch {branch} {head}");
        }

        foreach ((string tag, GlobalId commit) in model.Tags)
        {
            text.AppendLine($"tag {tag} {commit}");
        }

        foreach ((GlobalId id, OpenModel open) in model.Open)
        {
            text.AppendLine($"open {id} {open.Branch} {open.Edits.Length}");
        }

        foreach (ModelCommit commit in model.Commits.Values)
        {
            text.AppendLine($"commit {commit.Id} {commit.Parent} {commit.MergedFrom} {commit.Files.Text()}");
        }
    }

    private static async Task AddAsync(StringBuilder text, HistoryWorld world, RepoName repo)
    {
        foreach (Branch branch in (await world.Repos.ListBranchesAsync(repo, default)).OrderBy(branch => branch.Name.ToString(), StringComparer.Ordinal))
        {
            text.AppendLine($"branch {branch.Name} {branch.Head}");
        }

        foreach (Tag tag in (await world.Tags.ListAsync(repo, default)).OrderBy(tag => tag.Name.ToString(), StringComparer.Ordinal))
        {
            text.AppendLine($"tag {tag.Name} {tag.Commit}");
        }

        List<Commit> commits = await world.Commits.LogAsync(repo, null, default).OrderBy(commit => commit.GlobalId).ToListAsync();
        foreach (Commit open in commits.Where(commit => commit.State == CommitState.Open))
        {
            text.AppendLine($"open {open.GlobalId} {open.Branch} {await world.CountEditsAsync(repo, open.GlobalId)}");
        }

        foreach (Commit commit in commits.Where(commit => commit.State == CommitState.Finished))
        {
            List<KeyValuePair<DataPath, TreeEntry>> files = await world.Contents.Of(repo).Trees.WalkAsync(commit.Tree!.Value, default).ToListAsync();
            string list = string.Join(' ', files.Select(file => (file.Key.ToString(), file.Value.Digest)).OrderBy(file => file.Item1, StringComparer.Ordinal)
                .Select(file => $"{file.Item1}={file.Digest.Short}"));
            text.AppendLine($"commit {commit.GlobalId} {commit.Parent} {commit.MergedFrom} {list}");
        }
    }
}
