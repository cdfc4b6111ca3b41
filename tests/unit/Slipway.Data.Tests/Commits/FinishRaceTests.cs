using System.Collections.Concurrent;
using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Repos;
using Slipway.Data.Tests.Doubles;

namespace Slipway.Data.Tests.Commits;

/// <summary>Writers and finishers of one commit at once, as two processes would be.</summary>
public sealed class FinishRaceTests
{
    [Fact]
    public async Task Of_many_finishes_one_wins_and_every_edit_that_was_answered_before_it_is_in()
    {
        await using History history = await History.OpenAsync();
        Commit open = await history.Commits.StartAsync(History.Repo, BranchName.Master, "", "", default);
        CommitStore other = new(history.Metadata, new RepoContents(history.Blobs, history.Trees), history.Time);
        ConcurrentBag<string> answered = [];
        Task[] writers = [.. Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            try
            {
                await (i % 2 == 0 ? history.Commits : other).EditAsync(History.Repo, open.GlobalId, [Edits.Put($"/{i}", $"{i}")], default);
                answered.Add($"/{i}");
            }
            catch (SlipwayException late) when (late.Kind == ErrorKind.FailedPrecondition)
            {
            }
        }))];
        int won = 0;
        Task[] finishes = [.. Enumerable.Range(0, 6).Select(i => Task.Run(async () =>
        {
            try
            {
                await (i % 2 == 0 ? history.Commits : other).FinishAsync(History.Repo, open.GlobalId, default);
                Interlocked.Increment(ref won);
            }
            catch (SlipwayException lost) when (lost.Kind == ErrorKind.FailedPrecondition)
            {
            }
        }))];
        await Task.WhenAll([.. writers, .. finishes]);
        Assert.Equal(1, won);
        Commit head = (await history.Commits.HeadAsync(History.Repo, BranchName.Master, default))!;
        Assert.Equal(answered.Order(), (await history.Trees.WalkAsync(head.Tree!.Value, default).Select(f => f.Key.ToString()).ToListAsync()).Order());
        Assert.Single(await history.Commits.LogAsync(History.Repo, BranchName.Master, default).ToListAsync());
    }
}
