using System.Collections.Concurrent;
using Slipway.Data.Commits;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Planning;

namespace Slipway.Pipelines.Tests.Scheduling;

/// <summary>
/// A diamond and a chain under random commits, failing tries and servers that stop in the middle of a datum. Whatever happens: once all is
/// quiet the outputs are the function of the inputs, no datum that succeeded once ran again, and the sink ran once a global id.
/// </summary>
public sealed class ModelTests
{
    private static readonly string[] Files = ["a", "b", "c", "d"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task After_any_history_the_outputs_are_the_function_of_the_inputs(int seed)
    {
        var random = new Random(seed);
        await using var world = new World();
        await world.RepoAsync("data");
        await world.RepoAsync("rules");
        await world.PipelineAsync("left", World.Pfs("data"), """ "parallelism_spec": {"constant": 3}, "datum_tries": 50 """);
        await world.PipelineAsync("right", World.Pfs("data", "/"), """ "datum_tries": 50 """);
        await world.PipelineAsync(
            "sink", World.Cross(World.Pfs("left", "/"), World.Pfs("right", "/"), World.Pfs("rules")), """ "datum_tries": 50 """);
        var data = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var rules = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var ranTwice = new ConcurrentQueue<string>();
        var finished = new ConcurrentDictionary<DatumKey, byte>();
        var ids = new List<GlobalId>();

        for (int life = 0; life < 6; life++)
        {
            var crash = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            world.Executor.Script = Faults(new Random(random.Next()), random.Next(1, 12), crash, finished, ranTwice);
            world.Executor.Succeeded = run => finished.TryAdd(run.Key, 0);
            world.Scheduler.Start();
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                ids.Add(await ChangeAsync(world, random, data, rules));
            }

            // The server stops at its n-th try, in the middle of it, or when nothing is left to do.
            await Task.WhenAny(crash.Task, world.IdleAsync());
            await world.RestartAsync();
        }

        world.Executor.Script = Faults(new Random(random.Next()), int.MaxValue, new TaskCompletionSource(), finished, ranTwice);
        world.Executor.Succeeded = run => finished.TryAdd(run.Key, 0);
        world.Scheduler.Start();
        await world.IdleAsync();

        Assert.Empty(world.Faults);
        Assert.Empty(ranTwice);
        Assert.Equal(Left(data), await world.HeadAsync("left") ?? "");
        Assert.Equal(Right(data), await world.HeadAsync("right") ?? "");
        Assert.Equal(Sink(data, rules), await world.HeadAsync("sink") ?? "");
        IReadOnlyList<Job> sinks = await world.Jobs.ListAsync(PipelineName.Parse("sink"), world.Patience);
        Assert.Equal(ids.Order(), sinks.Select(job => job.Id.GlobalId).Order());
        Assert.All(await world.Jobs.ListAsync(null, world.Patience), job =>
        {
            Assert.Equal(JobState.Succeeded, job.State);
            Assert.Equal(job.Counts.Total, job.Counts.Skipped + job.Counts.Processed);
        });
    }

    // One try in five fails; a try after the crash hangs until the server is stopped. A try of a key that has succeeded is noted.
    private static Func<DatumRun, CancellationToken, ValueTask<DatumOutcome?>> Faults(
        Random random, int crashAt, TaskCompletionSource crash, ConcurrentDictionary<DatumKey, byte> finished, ConcurrentQueue<string> ranTwice)
    {
        int tries = 0;
        return async (run, token) =>
        {
            if (finished.ContainsKey(run.Key))
            {
                ranTwice.Enqueue($"{run.JobId} {run.Datum}");
            }

            if (Interlocked.Increment(ref tries) >= crashAt)
            {
                crash.TrySetResult();
                await Task.Delay(Timeout.Infinite, token);
            }

            lock (random)
            {
                return random.Next(5) == 0 ? ScriptedExecutor.Failure(random.Next(1, 255)) : null;
            }
        };
    }

    private static async Task<GlobalId> ChangeAsync(
        World world, Random random, SortedDictionary<string, string> data, SortedDictionary<string, string> rules)
    {
        bool ofData = random.Next(4) > 0;
        SortedDictionary<string, string> files = ofData ? data : rules;
        string name = Files[random.Next(ofData ? 4 : 2)];
        string? content = random.Next(4) == 0 ? null : $"{random.Next(3)}";
        if (content is null)
        {
            files.Remove(name);
        }
        else
        {
            files[name] = content;
        }

        return await world.PutAsync(ofData ? "data" : "rules", ($"/{name}", content));
    }

    private static string Left(SortedDictionary<string, string> data) => string.Join(' ', data.Select(f => $"/{f.Key}=left({f.Value})"));

    private static string RightText(SortedDictionary<string, string> data) => $"right({string.Join(';', data.Select(f => $"/{f.Key}={f.Value}"))})";

    private static string Right(SortedDictionary<string, string> data) => data.Count == 0 ? "" : $"/all={RightText(data)}";

    private static string Sink(SortedDictionary<string, string> data, SortedDictionary<string, string> rules)
    {
        if (data.Count == 0)
        {
            return "";
        }

        string left = string.Join(';', data.Select(f => $"/{f.Key}=left({f.Value})"));
        return string.Join(' ', rules.Select(r => $"/all+all+{r.Key}=sink({left},/all={RightText(data)},{r.Value})"));
    }
}
