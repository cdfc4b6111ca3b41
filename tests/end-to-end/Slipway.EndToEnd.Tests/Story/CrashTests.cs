using Slipway.Api;
using Slipway.EndToEnd.Support;
using static Slipway.EndToEnd.Support.PipelineText;

namespace Slipway.EndToEnd.Story;

/// <summary>
/// The server is killed without a warning at random moments, while a job of many datums runs and a person puts files. Afterwards: no put that was
/// answered with success is lost, no put is visible by half, the job goes on, and no datum that had been answered ran again.
/// </summary>
public sealed class CrashTests
{
    // So many that the job still runs when the last kill comes.
    private const int DatumsPerKill = 12;

    [Fact]
    public Task Ten_kills_lose_nothing() => SurviveAsync(kills: 10, seed: 11);

    [Fact]
    [Trait("Category", "Long")]
    public Task Fifty_kills_lose_nothing() => SurviveAsync(kills: 50, seed: 50);

    private static async Task SurviveAsync(int kills, int seed)
    {
        await using SlipwayBinary slipway = await SlipwayBinary.CreateAsync();
        Random random = new(seed);
        await StartJobAsync(slipway, kills * DatumsPerKill);
        Dictionary<string, string> answered = [];
        List<int> acknowledged = [];
        int put = 0;
        int interrupted = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            int pid = await slipway.ServerProcessAsync();
            using CancellationTokenSource killed = new();
            Task puts = PutAsync(killed.Token);
            await Task.Delay(random.Next(20, 1200));
            await SlipwayBinary.KillAsync(pid);
            await killed.CancelAsync();
            await puts;
            interrupted += await NoteAnsweredAsync(slipway, answered) ? 1 : 0;
        }

        // Else the kills would have met a server with nothing to do.
        Assert.True(interrupted > kills / 2 && answered.Count > 0, $"{interrupted} of {kills} kills came while the job ran, {answered.Count} datums were answered then");
        await CheckJobAsync(slipway, kills * DatumsPerKill, answered);
        await CheckPutsAsync(slipway, acknowledged, put);

        // Puts one after another until the server was killed; what was answered with success must be there for ever.
        async Task PutAsync(CancellationToken killed)
        {
            while (!killed.IsCancellationRequested)
            {
                int number = put++;
                string folder = Path.Combine(slipway.Folder, $"puts/{number}");
                foreach (string name in new[] { "a", "b", "c" })
                {
                    slipway.Write($"puts/{number}/{number}-{name}", $"{number} {name}");
                }

                CommandOutput output = await slipway.TryAsync("put", "diary@master:/", "-f", folder);
                if (output.ExitCode == 0)
                {
                    acknowledged.Add(number);
                }
            }
        }
    }

    // Every datum says an id that is new at each run; so a datum that ran again is known by its log and its output.
    private static async Task StartJobAsync(SlipwayBinary slipway, int datums)
    {
        await slipway.RunAsync("repo", "create", "diary");
        await slipway.RunAsync("repo", "create", "numbers");
        for (int number = 0; number < datums; number++)
        {
            slipway.Write($"numbers/{number:0000}", $"{number}");
        }

        await slipway.CreatePipelineAsync(Script("slow", Repo("numbers"), "id=$(cat /proc/sys/kernel/random/uuid); echo run $id; sleep 0.4; echo $id > /pfs/out/$(basename $numbers)",
            """{ "parallelism_spec": { "constant": 2 } }"""));
        await slipway.RunAsync("put", "numbers@master:/", "-f", Path.Combine(slipway.Folder, "numbers"));
    }

    // Whether the job still runs.
    private static async Task<bool> NoteAnsweredAsync(SlipwayBinary slipway, Dictionary<string, string> answered)
    {
        JobInfo job = await slipway.LastJobAsync("slow");
        string[] lines = (await slipway.RunAsync("logs", "--job", job.Id)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (DatumInfo datum in (job.Datums ?? []).Where(datum => datum.State is DatumState.Processed or DatumState.Skipped && !answered.ContainsKey(datum.Id)))
        {
            // Each line begins with the datum's id, shortened.
            answered[datum.Id] = lines.Single(line => datum.Id.StartsWith(line.Split(' ')[0], StringComparison.Ordinal)).Trim();
        }

        return job.State is JobState.Waiting or JobState.Running;
    }

    private static async Task CheckJobAsync(SlipwayBinary slipway, int count, Dictionary<string, string> answered)
    {
        Assert.Equal(0, (await slipway.WaitAsync("numbers@master")).ExitCode);
        JobInfo job = Assert.Single(await slipway.JobsAsync("slow"));
        Assert.Equal((JobState.Succeeded, (long)count, (long)count), (job.State, job.Counts.Total, job.Counts.Processed + job.Counts.Skipped));
        Assert.Equal(count, (await slipway.FilesAsync("slow@master:/")).Length);

        IReadOnlyList<DatumInfo> datums = (await slipway.InspectJobAsync(job.Id)).Datums ?? [];
        foreach (DatumInfo datum in datums.Where(datum => answered.ContainsKey(datum.Id)))
        {
            string file = Path.GetFileName(datum.Inputs[0].Path);
            string ran = (await slipway.CatAsync($"slow@master:/{file}")).Trim();
            Assert.EndsWith(ran, answered[datum.Id], StringComparison.Ordinal);
        }
    }

    private static async Task CheckPutsAsync(SlipwayBinary slipway, List<int> acknowledged, int put)
    {
        Assert.NotEmpty(acknowledged);
        Assert.DoesNotContain(await slipway.CommitsAsync("diary"), commit => commit.State == CommitState.Failed);
        HashSet<string> files = [.. await slipway.FilesAsync("diary@master:/")];
        for (int number = 0; number < put; number++)
        {
            string[] paths = [$"/{number}-a", $"/{number}-b", $"/{number}-c"];
            int there = paths.Count(files.Contains);
            Assert.True(there == 3 || (there == 0 && !acknowledged.Contains(number)), $"put {number}: {there} of 3 files are there, answered: {acknowledged.Contains(number)}");
        }

        string folder = Path.Combine(slipway.Folder, "read-back");
        await slipway.RunAsync("get", "diary@master:/", "-o", folder);
        Assert.All(files, path => Assert.Equal(path[1..].Replace('-', ' '), File.ReadAllText(folder + path)));
    }
}
