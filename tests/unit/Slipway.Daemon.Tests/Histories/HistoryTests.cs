using System.Text;
using Slipway.Content;
using Slipway.Daemon.Verification;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Trees;
using Xunit.Abstractions;

namespace Slipway.Daemon.Tests.Histories;

/// <summary>
/// Random histories of a repo beside a model, on the real stores, which are crashed again and again between any two writes and inside of them: each step
/// happened wholly or not at all, every finished commit is whole, nothing else is to be seen, and the store goes on.
/// </summary>
public sealed class HistoryTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateDirectory(Path.Combine("/dev/shm", $"slipway-histories-{Guid.NewGuid():n}")).FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task A_history_agrees_with_the_model_through_all_crashes(int seed) => LiveAsync(seed, 1000);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public Task A_long_history_agrees_with_the_model_through_all_crashes(int seed) => LiveAsync(seed, 25_000);

    private async Task LiveAsync(int seed, int steps)
    {
        Random random = new(seed);
        HistorySteps history = new(random);
        HistoryModel model = new();
        int life = 0, crashes = 0;
        HistoryWorld world = await OpenAsync(random, life);
        await world.Repos.CreateAsync(HistoryWorld.Repo, "", null, default);
        try
        {
            for (int step = 0; step < steps; step++)
            {
                if (step % 1000 == 0)
                {
                    output.WriteLine($"seed {seed}: {step} of {steps} steps, {crashes} crashes");
                }

                try
                {
                    HistoryModel before = model;
                    model = await history.DoAsync(world, before);
                    if (Directory.Exists(Image(life)) && step > 0)
                    {
                        crashes++;
                        await world.DisposeAsync();
                        Directory.Delete(Home(life), recursive: true);
                        life++;
                        world = await OpenAsync(random, life);
                        model = await AgreeAfterCrashAsync(world, before, model);
                    }
                    else if (step % 100 == 0)
                    {
                        Assert.Equal(Text(model), await TextAsync(world));
                    }
                }
                catch (Exception failure)
                {
                    throw new InvalidOperationException($"seed {seed}, step {step}, after {crashes} crashes: {history.Last}: {failure.Message}", failure);
                }
            }

            await AgreeAfterCrashAsync(world, model, model);
            output.WriteLine($"seed {seed}: {steps} of {steps} steps, {crashes} crashes");
            Assert.True(crashes > steps / 100, $"{crashes} crashes");
        }
        finally
        {
            await world.DisposeAsync();
        }
    }

    private string Home(int life) => Path.Combine(_folder, $"{life}");

    private string Image(int life) => Home(life + 1);

    private Task<HistoryWorld> OpenAsync(Random random, int life) => HistoryWorld.OpenAsync(
        Home(life), life == 0 ? 100 : NextCrash(random), Image(life), random.Next(), isPowerCut: random.Next(3) > 0);

    /// <summary>
    /// After how many changes the next crash comes. Sometimes at once, so that what mends after a crash is crashed too; sometimes late, so that now and
    /// then a collection comes to its end and dead segments are not heaped up for ever.
    /// </summary>
    private static int NextCrash(Random random) => random.Next(random.Next(16) switch { < 4 => 10, < 15 => 200, _ => 2000 });

    /// <summary>What is there is what was before the step that was crashed, or what came of it; every byte of it is read.</summary>
    private static async Task<HistoryModel> AgreeAfterCrashAsync(HistoryWorld world, HistoryModel before, HistoryModel after)
    {
        string found = await TextAsync(world);
        HistoryModel model = found == Text(before) ? before : after;
        Assert.Equal(Text(model), found);
        VerificationReport report = await world.Verifier.VerifyAllAsync([], null, default);
        Assert.DoesNotContain(report.Faults, fault => !fault.Repaired);
        return model;
    }

    private static string Text(HistoryModel model)
    {
        StringBuilder text = new();
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

        return text.ToString();
    }

    private static async Task<string> TextAsync(HistoryWorld world)
    {
        StringBuilder text = new();
        foreach (Branch branch in (await world.Repos.ListBranchesAsync(HistoryWorld.Repo, default)).OrderBy(branch => branch.Name.ToString(), StringComparer.Ordinal))
        {
            text.AppendLine($"branch {branch.Name} {branch.Head}");
        }

        foreach (Tag tag in (await world.Tags.ListAsync(HistoryWorld.Repo, default)).OrderBy(tag => tag.Name.ToString(), StringComparer.Ordinal))
        {
            text.AppendLine($"tag {tag.Name} {tag.Commit}");
        }

        List<Commit> commits = await world.Commits.LogAsync(HistoryWorld.Repo, null, default).OrderBy(commit => commit.GlobalId).ToListAsync();
        foreach (Commit open in commits.Where(commit => commit.State == CommitState.Open))
        {
            text.AppendLine($"open {open.GlobalId} {open.Branch} {await world.CountEditsAsync(open.GlobalId)}");
        }

        foreach (Commit commit in commits.Where(commit => commit.State == CommitState.Finished))
        {
            List<KeyValuePair<DataPath, TreeEntry>> files = await world.Trees.WalkAsync(commit.Tree!.Value, default).ToListAsync();
            string list = string.Join(' ', files.Select(file => (file.Key.ToString(), file.Value.Digest)).OrderBy(file => file.Item1, StringComparer.Ordinal)
                .Select(file => $"{file.Item1}={file.Digest.Short}"));
            text.AppendLine($"commit {commit.GlobalId} {commit.Parent} {commit.MergedFrom} {list}");
        }

        return text.ToString();
    }
}
