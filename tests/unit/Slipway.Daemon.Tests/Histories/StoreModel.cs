using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Data.Commits;

namespace Slipway.Daemon.Tests.Histories;

/// <summary>What a store should hold: its repos, in the order of <see cref="HistoryWorld.All"/>, and the transactions that are open.</summary>
/// <param name="Purged">What was purged, and whether the same bytes may be put again.</param>
internal sealed record StoreModel(
    ImmutableArray<HistoryModel> Repos, ImmutableSortedDictionary<GlobalId, TransactionModel> Transactions, ImmutableSortedDictionary<Digest, bool> Purged)
{
    public static StoreModel Empty { get; } = new(
        [.. HistoryWorld.All.Select(_ => new HistoryModel())],
        ImmutableSortedDictionary<GlobalId, TransactionModel>.Empty,
        ImmutableSortedDictionary<Digest, bool>.Empty);

    public StoreModel With(int repo, HistoryModel model) => this with { Repos = Repos.SetItem(repo, model) };
}

/// <summary>An open transaction.</summary>
internal sealed record TransactionModel(ImmutableArray<PartModel> Parts, ImmutableArray<MoveModel> Moves)
{
    public static TransactionModel Empty { get; } = new([], []);

    public bool Changes(int repo, string branch) =>
        Parts.Contains(new PartModel(repo, branch)) || Moves.Any(move => move.Repo == repo && move.Branch == branch);
}

/// <summary>A commit of a transaction, which has its id.</summary>
internal sealed record PartModel(int Repo, string Branch);

/// <summary>A branch that a transaction is to move, or make where <paramref name="IsNew"/>.</summary>
internal sealed record MoveModel(int Repo, string Branch, GlobalId? Expected, GlobalId? To, bool IsNew)
{
    /// <summary>Whether it can be done to a repo as it is.</summary>
    public bool Fits(HistoryModel repo) => repo.Branches.ContainsKey(Branch) != IsNew
        && (IsNew || repo.Branches[Branch] == Expected)
        && (To is not { } target || repo.Commits.ContainsKey(target));
}
