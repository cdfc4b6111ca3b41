namespace Slipway.Api;

/// <summary>Makes a branch.</summary>
/// <param name="From">"repo@revision" of the same repo; null for an empty branch.</param>
/// <param name="Transaction">The open transaction that shall do it; null: at once.</param>
public sealed record CreateBranchRequest(string Repo, string Name, string? From = null, string? Transaction = null)
{
    /// <summary>What moves it from then on; not within a transaction.</summary>
    public TriggerInfo? Trigger { get; init; }
}

/// <summary>Moves a branch to another finished commit.</summary>
/// <param name="At">"repo@branch".</param>
/// <param name="To">"repo@revision" of the same repo.</param>
/// <param name="Expect">The global id of the head that it must have; null: whatever it has.</param>
/// <param name="Transaction">The open transaction that shall do it; null: at once.</param>
public sealed record MoveBranchRequest(string At, string To, string? Expect = null, string? Transaction = null);

/// <summary>Gives a branch another name.</summary>
/// <param name="At">"repo@branch".</param>
public sealed record RenameBranchRequest(string At, string Name);
