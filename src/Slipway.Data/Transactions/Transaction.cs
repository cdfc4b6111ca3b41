using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Data.Repos;

namespace Slipway.Data.Transactions;

/// <summary>Commits and branch moves of several repos that are to become visible together.</summary>
/// <param name="Id">The global id that its commits have already, and that all it causes will have.</param>
/// <param name="Parts">The open commits in it: at most one a repo, since one global id names one commit of a repo.</param>
/// <param name="Moves">The branches that it will move or make.</param>
/// <param name="Expires">When it is dropped if it is still open then; null: never.</param>
public sealed record Transaction(
    GlobalId Id,
    string Message,
    string Author,
    DateTimeOffset Started,
    DateTimeOffset? Expires,
    ImmutableArray<TransactionPart> Parts,
    ImmutableArray<PlannedMove> Moves);

/// <summary>An open commit of a transaction.</summary>
public sealed record TransactionPart(RepoName Repo, BranchName Branch);

/// <summary>A branch that a transaction will move, from the head that it had when this was said.</summary>
/// <param name="IsNew">The branch is to be made; it must not exist yet.</param>
public sealed record PlannedMove(RepoName Repo, BranchName Branch, GlobalId? Expected, GlobalId? To, bool IsNew);

/// <summary>What a transaction came to.</summary>
/// <param name="Branches">Every branch that it moved or made, those of its commits too.</param>
public sealed record TransactionResult(GlobalId Id, ImmutableArray<Commit> Commits, ImmutableArray<Branch> Branches);

/// <summary>Where open transactions are kept: by id.</summary>
internal sealed class TransactionTable
{
    private readonly Table<Transaction> _rows = new("transactions", TransactionJson.Default.Transaction);

    public ValueTask<Transaction?> FindAsync(IMetadataReader reader, GlobalId id, CancellationToken cancellationToken) =>
        _rows.FindAsync(reader, id.ToString(), cancellationToken);

    public ValueTask PutAsync(IMetadataTransaction transaction, Transaction row, CancellationToken cancellationToken) =>
        _rows.PutAsync(transaction, row.Id.ToString(), row, cancellationToken);

    public ValueTask<bool> DeleteAsync(IMetadataTransaction transaction, GlobalId id, CancellationToken cancellationToken) =>
        _rows.DeleteAsync(transaction, id.ToString(), cancellationToken);

    public IAsyncEnumerable<Transaction> ListAsync(IMetadataReader reader, CancellationToken cancellationToken) =>
        _rows.ScanAsync(reader, null, cancellationToken).Select(row => row.Value);
}

/// <summary>How transactions are kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Transaction))]
internal sealed partial class TransactionJson : JsonSerializerContext;
