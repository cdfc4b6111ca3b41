using Slipway.Content;
using Slipway.Content.Keys;
using Slipway.Daemon.Purging;

namespace Slipway.Daemon.Tests.Histories;

/// <summary>Random verbs on a store of several repos, two of them encrypted: on one of the repos, on several at once, on keys, on all that is kept.</summary>
internal sealed class StoreSteps
{
    private readonly Random _random;
    private readonly HistorySteps[] _repos;
    private readonly TransactionSteps _transactions;
    private readonly Dictionary<Digest, HashSet<Digest>> _forms = [];
    private int _keys;
    private Func<string> _last = () => "";

    public StoreSteps(Random random)
    {
        _random = random;
        _repos = [.. HistoryWorld.All.Select(repo => new HistorySteps(random, repo))];
        _transactions = new TransactionSteps(random, _repos);
    }

    /// <summary>The master keys that the home may have, the one last given first.</summary>
    public IReadOnlyList<MasterKey> Masters { get; private set; } = [HistoryWorld.NewMaster(0)];

    /// <summary>What was done last, for a message.</summary>
    public string Last => _last();

    /// <summary>How many transactions with commits in several repos have finished.</summary>
    public int Together => _transactions.Together;

    /// <summary>How many purges ended.</summary>
    public int Purges { get; private set; }

    /// <summary>Does one step; returns the model after it.</summary>
    public async Task<StoreModel> DoAsync(HistoryWorld world, StoreModel model)
    {
        foreach (HistorySteps steps in _repos)
        {
            steps.Purged = model.Purged;
        }

        int roll = _random.Next(100);
        if (roll < 20)
        {
            _last = () => _transactions.Last;
            return await _transactions.DoAsync(world, model);
        }

        if (roll < 23)
        {
            await ChangeKeyAsync(world);
            return model;
        }

        if (roll < 29)
        {
            await CollectAsync(world, model);
            return model;
        }

        if (roll < 31)
        {
            return _random.Next(3) == 0 ? await AllowAsync(world, model) : await PurgeAsync(world, model);
        }

        int repo = _random.Next(_repos.Length);
        _last = () => $"{HistoryWorld.All[repo]}: {_repos[repo].Last}";
        return model.With(repo, await _repos[repo].DoAsync(world, model.Repos[repo]));
    }

    /// <summary>A new data key for what comes, or another master key around those that are.</summary>
    private async Task ChangeKeyAsync(HistoryWorld world)
    {
        if (_random.Next(2) == 0)
        {
            _last = () => "add a data key";
            await world.Projects.AddKeyAsync(HistoryWorld.Secret, default);
            return;
        }

        _last = () => $"wrap the keys with master key {_keys}";
        MasterKey next = HistoryWorld.NewMaster(++_keys);
        Masters = [next, Masters[0]];
        Assert.Equal(1, await world.Projects.RewrapAsync(next, default));
    }

    /// <summary>Purges what some file has, or again what was purged, whose purge a crash may have cut off. No form of it is left then, sealed ones included.</summary>
    private async Task<StoreModel> PurgeAsync(HistoryWorld world, StoreModel model)
    {
        Digest[] candidates =
        [
            .. model.Purged.Keys,
            .. model.Repos.SelectMany(repo => repo.Commits.Values).SelectMany(commit => commit.Files.Files.Values).Distinct().Where(digest => digest != Digest.Of([])).Order().Take(20),
        ];
        if (candidates.Length == 0)
        {
            return model;
        }

        Digest target = candidates[_random.Next(candidates.Length)];
        _last = () => $"purge {target}";
        PurgePlan plan = await world.Purger.PlanAsync(target.ToString(), withOutputs: false, default);
        _forms.TryAdd(target, [target]);
        _forms[target].UnionWith(plan.Sealed.Select(copy => copy.Sealed));
        await world.Purger.RunAsync(plan, "ann", "a test", default);
        Assert.Empty(await world.Blobs.FindTracesAsync(_forms[target], default));
        Purges++;
        return model with { Purged = model.Purged.SetItem(target, false) };
    }

    private async Task<StoreModel> AllowAsync(HistoryWorld world, StoreModel model)
    {
        if (model.Purged.IsEmpty)
        {
            return model;
        }

        Digest target = model.Purged.Keys.ElementAt(_random.Next(model.Purged.Count));
        _last = () => $"allow {target}";
        world.Blobs.Purged.Set(target, (await world.Purges.AllowAsync(target, "bob", default))!.Mark);
        return model with { Purged = model.Purged.SetItem(target, true) };
    }

    private async Task CollectAsync(HistoryWorld world, StoreModel model)
    {
        _last = () => "collect";
        await world.CollectAsync();
        for (int repo = 0; repo < _repos.Length; repo++)
        {
            _repos[repo].Forget(model.Repos[repo]);
        }
    }
}
