using Slipway.Api;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Trees;
using Slipway.Data.Triggers;

namespace Slipway.Daemon.Api;

/// <summary>Commits and tree entries as the wire says them.</summary>
internal static class DataWire
{
    public static CommitInfo Commit(Commit commit) => new()
    {
        Repo = commit.Repo.ToString(),
        Branch = commit.Branch.ToString(),
        GlobalId = commit.GlobalId.ToString(),
        Id = commit.Id?.Digest.ToString(),
        Parent = commit.Parent?.ToString(),
        MergedFrom = commit.MergedFrom?.ToString(),
        Ordinal = commit.Ordinal,
        Tree = (commit.Tree ?? commit.Dropped?.Tree)?.ToString(),
        Dropped = commit.Dropped?.When,
        Provenance = [.. commit.Provenance.Select(Link)],
        Origin = commit.Origin == Data.Commits.CommitOrigin.Pipeline ? Slipway.Api.CommitOrigin.Pipeline : Slipway.Api.CommitOrigin.User,
        State = commit.State switch
        {
            Data.Commits.CommitState.Open => Slipway.Api.CommitState.Open,
            Data.Commits.CommitState.Failed => Slipway.Api.CommitState.Failed,
            _ => Slipway.Api.CommitState.Finished,
        },
        Message = commit.Message,
        Author = commit.Author,
        Started = commit.Started,
        Finished = commit.Finished,
        Expires = commit.Expires,
        Error = commit.Error,
        Size = commit.Size,
    };

    public static ProvenanceInfo Link(ProvenanceLink link) =>
        new(link.Input, link.Repo.ToString(), link.Branch.ToString(), link.Commit.ToString());

    public static BranchInfo Branch(Branch branch) =>
        new(branch.Repo.ToString(), branch.Name.ToString(), branch.Head?.ToString(), branch.Trigger is { } trigger ? Trigger(trigger) : null);

    public static TriggerInfo Trigger(BranchTrigger trigger) => new(
        trigger.On.ToString(), trigger.Commits, trigger.Size, trigger.Every?.TotalSeconds, trigger.Cron, trigger.All, trigger.Fired);

    public static BranchTrigger Trigger(TriggerInfo trigger, DateTimeOffset now) => BranchTrigger.Create(
        BranchName.Parse(trigger.On),
        trigger.Commits,
        trigger.Size,
        trigger.EverySeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        trigger.Cron,
        trigger.All,
        now);

    public static TagInfo Tag(Tag tag) =>
        new(tag.Repo.ToString(), tag.Name.ToString(), tag.Commit.ToString(), tag.Message, tag.Author, tag.Created);

    public static FileEntry Entry(KeyValuePair<DataPath, TreeEntry> found) => Entry(found.Key, found.Value);

    public static FileEntry Entry(DataPath path, TreeEntry entry) => new(
        path.ToString(),
        entry.Kind switch
        {
            EntryKind.Directory => FileKind.Directory,
            EntryKind.Symlink => FileKind.Symlink,
            _ => FileKind.File,
        },
        entry.Size,
        entry.Digest.ToString(),
        entry.Executable);

    /// <summary>A path relative to a folder, as one from the root.</summary>
    public static DataPath Below(DataPath folder, DataPath path) => path.Parts.Aggregate(folder, (parent, part) => parent.Append(part));

    public static FileChange Change(TreeChange change) => new(
        change.Path.ToString(),
        change.Before is { } before ? Entry(change.Path, before) : null,
        change.After is { } after ? Entry(change.Path, after) : null);

    public static FileComparison? Comparison(Data.Diffs.FileComparison? comparison) => comparison is null ? null : new(
        Facts(comparison.Before), Facts(comparison.After), comparison.Unified, comparison.Skipped);

    private static FileFacts? Facts(Data.Diffs.Facts.FileFacts? facts) => facts is null ? null : new(
        facts.Format, facts.Rows, facts.Columns.IsEmpty ? null : facts.Columns, facts.Width, facts.Height);
}
