using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Commits.Merging;
using Slipway.Data.Commits.Rewriting;
using Slipway.Data.Repos;
using Slipway.Data.Trees.Merging;

namespace Slipway.Daemon.Tests.Histories;

/// <summary>Random verbs on one repo, done to the model and to the store, which must agree about what is refused and what comes of the rest.</summary>
internal sealed class HistorySteps(Random random, RepoName repo)
{
    private const int MostCommits = 25;
    private const int LargeSize = (8 << 20) + 1;

    private static readonly string[] Branches = ["b0", "b1", "b2", "b3"];

    public Bytes Bytes { get; } = new();

    /// <summary>What was purged, and whether it may be put again.</summary>
    public ImmutableSortedDictionary<Digest, bool> Purged { get; set; } = ImmutableSortedDictionary<Digest, bool>.Empty;

    /// <summary>What was done last, for a message.</summary>
    public string Last { get; private set; } = "";

    /// <summary>Does one step; returns the model after it.</summary>
    public async Task<HistoryModel> DoAsync(HistoryWorld world, HistoryModel model)
    {
        if (model.Commits.Count > MostCommits)
        {
            return await DropAsync(world, model);
        }

        return random.Next(100) switch
        {
            < 40 => await PutAsync(world, model),
            < 45 => await StartAsync(world, model),
            < 53 => await EditAsync(world, model),
            < 58 => await FinishAsync(world, model),
            < 66 => await MergeAsync(world, model),
            < 71 => await RevertAsync(world, model),
            < 75 => await SquashAsync(world, model),
            < 79 => await DropAsync(world, model),
            < 86 => await BranchAsync(world, model),
            < 90 => await TagAsync(world, model),
            _ => await AbandonAsync(world, model),
        };
    }

    private async Task<HistoryModel> PutAsync(HistoryWorld world, HistoryModel model)
    {
        string branch = Pick(Branches);
        FileMap before = model.Head(branch)?.Files ?? FileMap.Empty;
        using BlobLease lease = world.Blobs.Leases.Begin();
        ImmutableArray<ModelEdit> edits = await EditsAsync(world, before);
        Note($"put to {branch}: {string.Join(", ", edits)}");
        FileMap? after = Apply(before, edits);
        Commit? made = await Refusals.TryAsync(
            after is null ? ErrorKind.Conflict : null,
            async () => await world.Commits.PutAsync(repo, BranchName.Parse(branch), [.. edits.Select(edit => edit.ForStore())], "", "", default),
            MeetsPurged(before, edits));
        Assert.Equal(made is null ? null : model.Branches.GetValueOrDefault(branch), made?.Parent);
        return made is null ? model : model.With(made, after!);
    }

    private async Task<HistoryModel> StartAsync(HistoryWorld world, HistoryModel model)
    {
        string branch = Pick(Branches);
        Note($"start on {branch}");
        Commit open = await world.Commits.StartAsync(repo, BranchName.Parse(branch), "", "", default);
        model = model with { Open = model.Open.Add(open.GlobalId, new OpenModel(branch, [])) };
        return model.Branches.ContainsKey(branch) ? model : model.Move(branch, null);
    }

    private async Task<HistoryModel> EditAsync(HistoryWorld world, HistoryModel model)
    {
        if (model.Open.IsEmpty)
        {
            return model;
        }

        (GlobalId id, OpenModel open) = Pick(model.Open.ToArray());
        using BlobLease lease = world.Blobs.Leases.Begin();
        ImmutableArray<ModelEdit> edits = await EditsAsync(world, model.Head(open.Branch)?.Files ?? FileMap.Empty);
        Note($"edit {id}: {string.Join(", ", edits)}");
        await world.Commits.EditAsync(repo, id, [.. edits.Select(edit => edit.ForStore())], default);
        return model with { Open = model.Open.SetItem(id, open with { Edits = open.Edits.AddRange(edits) }) };
    }

    private async Task<HistoryModel> FinishAsync(HistoryWorld world, HistoryModel model)
    {
        if (model.Open.IsEmpty)
        {
            return model;
        }

        (GlobalId id, OpenModel open) = Pick(model.Open.ToArray());
        Note($"finish {id} on {open.Branch}");
        FileMap? after = Apply(model.Head(open.Branch)?.Files ?? FileMap.Empty, open.Edits);
        using BlobLease lease = world.Blobs.Leases.Begin();
        Commit? made = await Refusals.TryAsync(
            open.IsPart ? ErrorKind.FailedPrecondition : after is null ? ErrorKind.Conflict : null, async () => await world.Commits.FinishAsync(repo, id, default),
            MeetsPurged(model.Head(open.Branch)?.Files ?? FileMap.Empty, open.Edits));
        return made is null ? model : (model with { Open = model.Open.Remove(id) }).With(made, after!);
    }

    private async Task<HistoryModel> AbandonAsync(HistoryWorld world, HistoryModel model)
    {
        if (model.Open.IsEmpty)
        {
            return model;
        }

        (GlobalId id, _) = Pick(model.Open.ToArray());
        Note($"abandon {id}");
        await world.Commits.DropAsync(repo, id, default);
        return model with { Open = model.Open.Remove(id) };
    }

    private async Task<HistoryModel> MergeAsync(HistoryWorld world, HistoryModel model)
    {
        (string from, string into) = (Pick(Branches), Pick(Branches));
        if (model.Head(from) is not { } theirs || !model.Branches.ContainsKey(into))
        {
            return model;
        }

        bool fast = random.Next(2) == 0;
        Note($"merge {from} into {into}, {(fast ? "fast" : "always a commit")}");
        ModelCommit? ours = model.Head(into);
        ModelCommit? basis = ours is null ? null : model.MergeBase(ours.Id, theirs.Id);
        MergeResult result = await world.Merger.MergeAsync(
            At(from), repo, BranchName.Parse(into), new MergeOptions(MergeFavor.None, null, "") { FastForward = fast }, default);
        if (basis is not null && basis.Id == theirs.Id)
        {
            Assert.Equal(MergeKind.UpToDate, result.Kind);
            return model;
        }

        if (basis?.Id == ours?.Id && (fast || ours is null))
        {
            Assert.Equal((MergeKind.FastForwarded, theirs.Id), (result.Kind, result.Head!.GlobalId));
            return model.Move(into, theirs.Id);
        }

        return Merged(model, result, basis?.Files, ours?.Files, theirs.Files, theirs.Id);
    }

    private async Task<HistoryModel> RevertAsync(HistoryWorld world, HistoryModel model)
    {
        string onto = Pick(Branches);
        if (model.Commits.IsEmpty || !model.Branches.ContainsKey(onto))
        {
            return model;
        }

        ModelCommit of = Pick(model.Commits.Values.ToArray());
        Note($"revert {of.Id} on {onto}");
        MergeResult result = await world.Merger.RevertAsync(At(of.Id), BranchName.Parse(onto), new MergeOptions(MergeFavor.None, null, ""), default);
        return Merged(model, result, of.Files, model.Head(onto)?.Files, model.FilesOf(of.Parent), null);
    }

    private static HistoryModel Merged(HistoryModel model, MergeResult result, FileMap? basis, FileMap? ours, FileMap theirs, GlobalId? from)
    {
        (FileMap merged, List<string> conflicts) = FileMap.Merge(basis ?? FileMap.Empty, ours ?? FileMap.Empty, theirs);
        Assert.Equal(conflicts.Order(StringComparer.Ordinal), result.Conflicts.Select(conflict => conflict.Path.ToString()).Order(StringComparer.Ordinal));
        if (conflicts.Count > 0)
        {
            Assert.Equal(MergeKind.Conflicted, result.Kind);
            return model;
        }

        if (from is null && merged.Text() == (ours ?? FileMap.Empty).Text())
        {
            Assert.Equal(MergeKind.UpToDate, result.Kind);
            return model;
        }

        Assert.Equal((MergeKind.Committed, from), (result.Kind, result.Head!.MergedFrom));
        return model.With(result.Head, merged);
    }

    private async Task<HistoryModel> SquashAsync(HistoryWorld world, HistoryModel model)
    {
        string branch = Pick(Branches);
        List<ModelCommit> line = [];
        for (GlobalId? at = model.Branches.GetValueOrDefault(branch); at is { } id; at = model.Commits[id].Parent)
        {
            line.Add(model.Commits[id]);
        }

        if (line.Count < 2)
        {
            return model;
        }

        int count = random.Next(2, line.Count + 1);
        GlobalId? since = count == line.Count ? null : line[count].Id;
        Note($"squash {count} of {branch}");
        SquashResult result = await world.Squasher.SquashAsync(repo, BranchName.Parse(branch), since is { } id2 ? At(id2) : null, null, "", default);
        Assert.Equal(since, result.Commit.Parent);
        HistoryModel after = model.With(result.Commit, line[0].Files);
        foreach (ModelCommit old in line.Take(count).Where(old => !after.IsNeeded(old.Id)))
        {
            // From the head down: what is gone needs nothing any more.
            after = after.IsNeeded(old.Id) ? after : after with { Commits = after.Commits.Remove(old.Id) };
        }

        return after;
    }

    private async Task<HistoryModel> DropAsync(HistoryWorld world, HistoryModel model)
    {
        if (model.Commits.IsEmpty)
        {
            return model;
        }

        ModelCommit target = Pick(model.Commits.Values.ToArray());
        bool all = random.Next(2) == 0;
        Note($"drop {target.Id}{(all ? " with dependents" : "")}");
        bool isNeeded = model.ChildrenOf(target.Id).Any() || model.Tags.ContainsValue(target.Id)
            || model.Branches.Any(branch => branch.Value == target.Id && branch.Key != target.Branch);
        DropPlan? plan = await Refusals.TryAsync(
            isNeeded && !all ? ErrorKind.FailedPrecondition : null, async () => await world.Dropper.DropAsync(At(target.Id), all, false, default));
        return plan is null ? model : model.Drop(target.Id);
    }

    private async Task<HistoryModel> BranchAsync(HistoryWorld world, HistoryModel model)
    {
        string name = Pick(Branches);
        if (model.Commits.IsEmpty)
        {
            return model;
        }

        GlobalId target = Pick(model.Commits.Keys.ToArray());
        if (!model.Branches.ContainsKey(name))
        {
            Note($"branch {name} at {target}");
            await world.Branches.CreateAsync(repo, BranchName.Parse(name), At(target), default);
            return model.Move(name, target);
        }

        if (random.Next(3) > 0)
        {
            Note($"move {name} to {target}");
            await world.Branches.MoveAsync(repo, BranchName.Parse(name), At(target), null, default);
            return model.Move(name, target);
        }

        Note($"delete branch {name}");
        bool isUsed = model.Open.Values.Any(open => open.Branch == name);
        bool done = await Refusals.TryAsync(
            isUsed ? ErrorKind.FailedPrecondition : null,
            async () =>
            {
                await world.Branches.DeleteAsync(repo, BranchName.Parse(name), default);
                return true;
            });
        return done ? model with { Branches = model.Branches.Remove(name) } : model;
    }

    private async Task<HistoryModel> TagAsync(HistoryWorld world, HistoryModel model)
    {
        string name = $"t{random.Next(5)}";
        if (model.Tags.ContainsKey(name))
        {
            Note($"delete tag {name}");
            await world.Tags.DeleteAsync(repo, BranchName.Parse(name), default);
            return model with { Tags = model.Tags.Remove(name) };
        }

        if (model.Commits.IsEmpty)
        {
            return model;
        }

        GlobalId target = Pick(model.Commits.Keys.ToArray());
        Note($"tag {name} at {target}");
        await world.Tags.CreateAsync(At(target), BranchName.Parse(name), "", "", default);
        return model with { Tags = model.Tags.Add(name, target) };
    }

    /// <summary>Forgets the bytes that nothing in the model names.</summary>
    public void Forget(HistoryModel model) => Bytes.Keep(
        [.. model.Commits.Values.SelectMany(commit => commit.Files.Files.Values), .. model.Open.Values.SelectMany(open => open.Edits).Select(edit => edit.Blob)]);

    private async Task<ImmutableArray<ModelEdit>> EditsAsync(HistoryWorld world, FileMap before)
    {
        List<ModelEdit> edits = [];
        for (int left = random.Next(1, 6); left > 0; left--)
        {
            string path = before.Files.Count > 0 && random.Next(2) == 0 ? Pick(before.Files.Keys.ToArray()) : AnyFile();
            switch (random.Next(10))
            {
                case 0:
                    edits.Add(new ModelEdit(EditVerb.Delete, random.Next(2) == 0 ? path : AnyFolder()));
                    break;
                case 1:
                    (string from, string to) = random.Next(2) == 0 ? (path, AnyFile()) : (AnyFolder(), AnyFolder());
                    if (!$"{from}/".StartsWith($"{to}/", StringComparison.Ordinal) && !$"{to}/".StartsWith($"{from}/", StringComparison.Ordinal))
                    {
                        edits.Add(new ModelEdit(EditVerb.Move, to, from));
                    }

                    break;
                case < 4:
                    byte[] tail = Bytes.Any(random, random.Next(1, 400));
                    if (await PutAsync(world, tail, null) is { } appended)
                    {
                        edits.Add(new ModelEdit(EditVerb.Append, path, null, appended, tail.Length));
                    }

                    break;
                default:
                    byte[] content = Bytes.Any(random, random.Next(400) == 0 ? LargeSize : random.Next(20) == 0 ? 66_000 : random.Next(400));
                    Digest? similar = before.Files.TryGetValue(path, out Digest version) ? version : null;
                    if (await PutAsync(world, content, similar) is { } put)
                    {
                        edits.Add(new ModelEdit(EditVerb.Put, path, null, put, content.Length));
                    }

                    break;
            }
        }

        return [.. edits];
    }

    /// <summary>Stores bytes; null where they were purged, and so must be refused.</summary>
    private async Task<Digest?> PutAsync(HistoryWorld world, byte[] content, Digest? similar)
    {
        IBlobStore blobs = world.Contents.Of(repo).Blobs;
        Digest digest = Bytes.Add(content);
        BlobInfo? put = await Refusals.TryAsync<BlobInfo?>(
            Purged.TryGetValue(digest, out bool allowed) && !allowed ? ErrorKind.FailedPrecondition : null,
            async () =>
            {
                if (random.Next(4) > 0)
                {
                    return await blobs.PutAsync(new MemoryStream(content), digest, similar, default);
                }

                string file = Path.Combine(world.Home, "adopted");
                await File.WriteAllBytesAsync(file, content);
                return await blobs.AdoptAsync(file, default);
            });
        Assert.Equal(put is null ? null : digest, put?.Digest);
        return put?.Digest;
    }

    /// <summary>What comes of edits to some files; null where the store must refuse them.</summary>
    public FileMap? Apply(FileMap files, IEnumerable<ModelEdit> edits)
    {
        FileMap? after = files;
        foreach (ModelEdit edit in edits)
        {
            after = after is null ? null : edit.Apply(after, Bytes);
        }

        return after;
    }

    /// <summary>Whether an append of some edits reads or makes bytes that were purged.</summary>
    public bool MeetsPurged(FileMap files, IEnumerable<ModelEdit> edits)
    {
        FileMap? at = files;
        bool meets = false;
        foreach (ModelEdit edit in edits)
        {
            FileMap? after = at is null ? null : edit.Apply(at, Bytes);
            meets |= edit.Verb == EditVerb.Append && after is not null
                && (Purged.ContainsKey(edit.Blob) || Purged.ContainsKey(after.Files[edit.Path])
                    || (at!.Files.TryGetValue(edit.Path, out Digest present) && Purged.ContainsKey(present)));
            at = after;
        }

        return meets;
    }

    private void Note(string what) => Last = what;

    private CommitReference At(object revision) => CommitReference.Parse($"{repo}@{revision}");

    private T Pick<T>(T[] items) => items[random.Next(items.Length)];

    private string AnyFolder() => string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"/{Pick(["a", "b", "c"])}"));

    // Names of files and of folders differ, so that nothing clashes: what does has tests of its own.
    private string AnyFile() => $"{(random.Next(3) == 0 ? "" : AnyFolder())}/{Pick(["f", "g", "h"])}";
}
