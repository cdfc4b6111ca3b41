using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Transactions;

namespace Slipway.Daemon.Tests.Histories;

/// <summary>Random verbs of transactions over several repos, done to the model and to the store. All that one changes is changed at once, or nothing.</summary>
internal sealed class TransactionSteps(Random random, IReadOnlyList<HistorySteps> repos)
{
    private const int MostOpen = 2;

    /// <summary>What was done last, for a message.</summary>
    public string Last { get; private set; } = "";

    /// <summary>How many transactions with commits in several repos have finished.</summary>
    public int Together { get; private set; }

    /// <summary>Does one step; returns the model after it.</summary>
    public async Task<StoreModel> DoAsync(HistoryWorld world, StoreModel model)
    {
        int roll = random.Next(100);
        if (model.Transactions.IsEmpty || (roll < 15 && model.Transactions.Count < MostOpen))
        {
            return await BeginAsync(world, model);
        }

        (GlobalId id, TransactionModel transaction) = model.Transactions.ElementAt(random.Next(model.Transactions.Count));
        return roll switch
        {
            < 65 => await StartAsync(world, model, id, transaction),
            < 68 => await PlanAsync(world, model, id, transaction),
            < 86 when transaction.Parts.Length < 2 && roll % 4 > 0 => await StartAsync(world, model, id, transaction),
            < 86 => await FinishAsync(world, model, id, transaction),
            _ => await DropAsync(world, model, id, transaction),
        };
    }

    private async Task<StoreModel> BeginAsync(HistoryWorld world, StoreModel model)
    {
        Last = "begin a transaction";
        Transaction begun = await world.Transactions.BeginAsync("", "", null, default);
        return model with { Transactions = model.Transactions.Add(begun.Id, TransactionModel.Empty) };
    }

    private async Task<StoreModel> StartAsync(HistoryWorld world, StoreModel model, GlobalId id, TransactionModel transaction)
    {
        (int repo, string branch) = AnyBranch();
        Last = $"start in transaction {id} on {HistoryWorld.All[repo]}@{branch}";
        HistoryModel before = model.Repos[repo];
        PartModel? part = transaction.Parts.FirstOrDefault(part => part.Repo == repo);
        bool isThere = part?.Branch == branch && before.Open.ContainsKey(id);
        bool isRefused = part is not null ? !isThere : transaction.Changes(repo, branch);
        Commit? open = await Refusals.TryAsync(
            isRefused ? ErrorKind.Conflict : null,
            async () => await world.Transactions.StartCommitAsync(id, HistoryWorld.All[repo], BranchName.Parse(branch), default));
        if (open is null || isThere)
        {
            return model;
        }

        Assert.Equal(id, open.GlobalId);
        HistoryModel after = before with { Open = before.Open.Add(id, new OpenModel(branch, [], IsPart: true)) };
        return model.With(repo, after.Branches.ContainsKey(branch) ? after : after.Move(branch, null)) with
        {
            Transactions = model.Transactions.SetItem(id, transaction with { Parts = transaction.Parts.Add(new PartModel(repo, branch)) }),
        };
    }

    private async Task<StoreModel> PlanAsync(HistoryWorld world, StoreModel model, GlobalId id, TransactionModel transaction)
    {
        (int repo, string branch) = AnyBranch();
        HistoryModel now = model.Repos[repo];
        if (now.Commits.IsEmpty)
        {
            return model;
        }

        GlobalId to = now.Commits.Keys.ElementAt(random.Next(now.Commits.Count));
        bool isNew = !now.Branches.ContainsKey(branch);
        RepoName name = HistoryWorld.All[repo];
        Last = $"plan in transaction {id} to {(isNew ? "make" : "move")} {name}@{branch} to {to}";
        Branch? planned = await Refusals.TryAsync(
            transaction.Changes(repo, branch) ? ErrorKind.Conflict : null,
            async () => await world.Transactions.PlanMoveAsync(id, name, BranchName.Parse(branch), CommitReference.Parse($"{name}@{to}"), isNew, default));
        MoveModel move = new(repo, branch, now.Branches.GetValueOrDefault(branch), to, isNew);
        return planned is null ? model : model with { Transactions = model.Transactions.SetItem(id, transaction with { Moves = transaction.Moves.Add(move) }) };
    }

    private async Task<StoreModel> FinishAsync(HistoryWorld world, StoreModel model, GlobalId id, TransactionModel transaction)
    {
        Last = $"finish transaction {id}";
        (ErrorKind? refusal, List<FileMap> files) = Fold(model, id, transaction);
        using BlobLease lease = world.Blobs.Leases.Begin();
        bool meetsPurged = transaction.Parts.Any(part => model.Repos[part.Repo].Open.TryGetValue(id, out OpenModel? open)
            && repos[part.Repo].MeetsPurged(model.Repos[part.Repo].Head(part.Branch)?.Files ?? FileMap.Empty, open.Edits));
        TransactionResult? done = await Refusals.TryAsync(refusal, async () => await world.Transactions.FinishAsync(id, default), meetsPurged);
        if (done is null)
        {
            return model;
        }

        Together += transaction.Parts.Length > 1 ? 1 : 0;
        Assert.Equal(transaction.Parts.Select(part => HistoryWorld.All[part.Repo]), done.Commits.Select(commit => commit.Repo));
        StoreModel after = model with { Transactions = model.Transactions.Remove(id) };
        foreach ((PartModel part, Commit made, FileMap tree) in transaction.Parts.Zip(done.Commits, files))
        {
            HistoryModel repo = after.Repos[part.Repo];
            after = after.With(part.Repo, (repo with { Open = repo.Open.Remove(id) }).With(made, tree));
        }

        foreach (MoveModel move in transaction.Moves)
        {
            after = after.With(move.Repo, after.Repos[move.Repo].Move(move.Branch, move.To));
        }

        return after;
    }

    /// <summary>Why it must be refused, or what its commits will hold.</summary>
    private (ErrorKind? Refusal, List<FileMap> Files) Fold(StoreModel model, GlobalId id, TransactionModel transaction)
    {
        List<FileMap> files = [];
        foreach (PartModel part in transaction.Parts)
        {
            HistoryModel repo = model.Repos[part.Repo];
            if (!repo.Open.TryGetValue(id, out OpenModel? open))
            {
                return (ErrorKind.FailedPrecondition, files);
            }

            if (repos[part.Repo].Apply(repo.Head(part.Branch)?.Files ?? FileMap.Empty, open.Edits) is not { } after)
            {
                return (ErrorKind.Conflict, files);
            }

            files.Add(after);
        }

        return (transaction.Moves.All(move => move.Fits(model.Repos[move.Repo])) ? null : ErrorKind.Conflict, files);
    }

    private async Task<StoreModel> DropAsync(HistoryWorld world, StoreModel model, GlobalId id, TransactionModel transaction)
    {
        Last = $"drop transaction {id}";
        await world.Transactions.DropAsync(id, default);
        StoreModel after = model with { Transactions = model.Transactions.Remove(id) };
        foreach (PartModel part in transaction.Parts)
        {
            HistoryModel repo = after.Repos[part.Repo];
            after = after.With(part.Repo, repo with { Open = repo.Open.Remove(id) });
        }

        return after;
    }

    private (int Repo, string Branch) AnyBranch() => (random.Next(HistoryWorld.All.Length), $"b{random.Next(4)}");
}
