using Slipway.Daemon.Verification;
using Xunit.Abstractions;

namespace Slipway.Daemon.Tests.Histories;

/// <summary>
/// Random histories of several repos, plain and encrypted ones, beside a model, on the real stores, which are crashed again and again between any two writes and inside of them: each step
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
        StoreSteps history = new(random);
        StoreModel model = StoreModel.Empty;
        int life = 0, crashes = 0;
        HistoryWorld world = await OpenAsync(random, life, history);
        await world.BeginAsync();
        try
        {
            // How many transactions and purges it has depends on when its crashes come: one with too few goes on, until it has them or is twice as long.
            for (int step = 0; step < steps || (step < 2 * steps && !(HasEnough(history.Together, steps) && HasEnough(history.Purges, steps))); step++)
            {
                if (step % 1000 == 0)
                {
                    output.WriteLine($"seed {seed}: {step} of {steps} steps, {crashes} crashes");
                }

                try
                {
                    StoreModel before = model;
                    model = await history.DoAsync(world, before);
                    if (Directory.Exists(Image(life)) && step > 0)
                    {
                        crashes++;
                        await world.DisposeAsync();
                        Directory.Delete(Home(life), recursive: true);
                        life++;
                        world = await OpenAsync(random, life, history);
                        model = await AgreeAfterCrashAsync(world, before, model);
                    }
                    else if (step % 100 == 0)
                    {
                        Assert.Equal(HistoryText.Of(model), await HistoryText.OfAsync(world));
                    }
                }
                catch (Exception failure)
                {
                    throw new InvalidOperationException($"seed {seed}, step {step}, after {crashes} crashes: {history.Last}: {failure.Message}", failure);
                }
            }

            await AgreeAfterCrashAsync(world, model, model);
            output.WriteLine($"seed {seed}: {steps} of {steps} steps, {crashes} crashes, {history.Together} transactions over several repos, {history.Purges} purges");
            Assert.True(crashes > steps / 100, $"{crashes} crashes");
            Assert.True(HasEnough(history.Together, steps), $"{history.Together} transactions over several repos");
            Assert.True(HasEnough(history.Purges, steps), $"{history.Purges} purges");
        }
        finally
        {
            await world.DisposeAsync();
        }
    }

    private static bool HasEnough(int count, int steps) => count > steps / 500;

    private string Home(int life) => Path.Combine(_folder, $"{life}");

    private string Image(int life) => Home(life + 1);

    private Task<HistoryWorld> OpenAsync(Random random, int life, StoreSteps history) => HistoryWorld.OpenAsync(
        Home(life), life == 0 ? 100 : NextCrash(random), Image(life), random.Next(), isPowerCut: random.Next(3) > 0, history.Masters);

    /// <summary>
    /// After how many changes the next crash comes. Sometimes at once, so that what mends after a crash is crashed too; sometimes late, so that now and
    /// then a collection comes to its end and dead segments are not heaped up for ever.
    /// </summary>
    private static int NextCrash(Random random) => random.Next(random.Next(24) switch { < 6 => 10, < 23 => 200, _ => 1000 });

    /// <summary>What is there is what was before the step that was crashed, or what came of it; every byte of it is read.</summary>
    private static async Task<StoreModel> AgreeAfterCrashAsync(HistoryWorld world, StoreModel before, StoreModel after)
    {
        string found = await HistoryText.OfAsync(world);
        StoreModel model = found == HistoryText.Of(before) ? before : after;
        Assert.Equal(HistoryText.Of(model), found);
        VerificationReport report = await world.Verifier.VerifyAllAsync([], null, default);
        Assert.DoesNotContain(report.Faults, fault => !fault.Repaired);
        return model;
    }
}
