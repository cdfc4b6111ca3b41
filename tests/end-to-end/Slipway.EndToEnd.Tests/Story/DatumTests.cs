using Slipway.Api;
using Slipway.EndToEnd.Support;
using static Slipway.EndToEnd.Support.PipelineText;

namespace Slipway.EndToEnd.Story;

/// <summary>What a datum is, and what a command finds in its container.</summary>
public sealed class DatumTests(SlipwayFixture fixture) : IClassFixture<SlipwayFixture>
{
    private readonly SlipwayBinary _slipway = fixture.Slipway;

    [Theory]
    [InlineData("/", 1)]
    [InlineData("/*", 3)]
    [InlineData("/*/*", 3)]
    [InlineData("/a/*", 2)]
    [InlineData("/*.txt", 1)]
    [InlineData("/nothing*", 0)]
    public async Task A_glob_matches_entries_of_its_level(string glob, int datums)
    {
        // /a/1 /a/2 /b/deep/3 /top.txt: three entries at the top, three on the second level, one of them a folder.
        string name = $"glob{Math.Abs(string.GetHashCode(glob, StringComparison.Ordinal))}";
        await _slipway.RunAsync("repo", "create", name);
        foreach (string path in new[] { "a/1", "a/2", "b/deep/3", "top.txt" })
        {
            _slipway.Write($"{name}/{path}", path);
        }

        await _slipway.RunAsync("put", $"{name}@master:/", "-f", Path.Combine(_slipway.Folder, name));
        await _slipway.CreatePipelineAsync(Script($"{name}-out", Repo(name, glob), $"find /pfs/{name} -type f > /pfs/out/$(cat /proc/sys/kernel/random/uuid)"));

        await _slipway.WaitAsync($"{name}@master");

        JobInfo job = await _slipway.LastJobAsync($"{name}-out");
        Assert.Equal((JobState.Succeeded, (long)datums), (job.State, job.Counts.Total));
        Assert.Equal(datums, (await _slipway.FilesAsync($"{name}-out@master:/")).Length);
    }

    [Fact]
    public async Task The_input_keeps_its_full_path_and_the_variable_names_the_file()
    {
        await _slipway.RunAsync("repo", "create", "deep");
        await _slipway.PutAsync("deep@master:/x/y/file", "hello");
        await _slipway.CreatePipelineAsync(Script("paths", Repo("deep", "/x/*/*"), "cat /pfs/deep/x/y/file > /pfs/out/text; echo $deep > /pfs/out/variable; env > /pfs/out/env"));
        await _slipway.WaitAsync("deep@master");

        Assert.Equal("hello", await _slipway.CatAsync("paths@master:/text"));
        Assert.Equal("/pfs/deep/x/y/file\n", await _slipway.CatAsync("paths@master:/variable"));
        string environment = await _slipway.CatAsync("paths@master:/env");
        Assert.Contains("PACH_JOB_ID=", environment, StringComparison.Ordinal);
        Assert.Contains("SLIPWAY_", environment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_input_cannot_be_written()
    {
        await _slipway.RunAsync("repo", "create", "precious");
        await _slipway.PutAsync("precious@master:/file", "kept");
        await _slipway.CreatePipelineAsync(Script("vandal", Repo("precious"), "for f in /pfs/precious/file; do (echo broken > $f) 2>/dev/null && echo written > /pfs/out/result || echo refused > /pfs/out/result; done; rm -f /pfs/precious/file || true"));
        await _slipway.WaitAsync("precious@master");

        Assert.Equal("refused\n", await _slipway.CatAsync("vandal@master:/result"));
        Assert.Equal("kept", await _slipway.CatAsync("precious@master:/file"));
    }

    [Fact]
    public async Task The_output_folder_is_empty_at_every_try()
    {
        await _slipway.RunAsync("repo", "create", "tries");
        await _slipway.PutAsync("tries@master:/file", "x");
        await _slipway.CreatePipelineAsync(Script("again", Repo("tries"), "[ -z \"$(ls -A /pfs/out)\" ] || exit 9; echo left > /pfs/out/left; exit 4", """{ "datum_tries": 3 }"""));
        CommandOutput wait = await _slipway.WaitAsync("tries@master");

        Assert.NotEqual(0, wait.ExitCode);
        DatumInfo datum = Assert.Single((await _slipway.LastJobAsync("again")).Datums ?? []);
        Assert.Equal((DatumState.Failed, 4, 3), (datum.State, datum.ExitCode ?? -1, datum.Tries));
    }

    [Fact]
    public async Task A_command_that_never_reads_its_input_does_not_fail()
    {
        await _slipway.RunAsync("repo", "create", "deaf");
        await _slipway.PutAsync("deaf@master:/file", "x");
        string lines = string.Join(", ", Enumerable.Repeat($"\"{new string('x', 1000)}\"", 200));
        await _slipway.CreatePipelineAsync($$"""
            { "pipeline": { "name": "listens-not" }, "transform": { "image": "busybox", "cmd": ["true"], "stdin": [{{lines}}] }, "input": {{Repo("deaf")}} }
            """);
        await _slipway.CreatePipelineAsync("""
            { "pipeline": { "name": "listens" }, "transform": { "image": "busybox", "cmd": ["sh"], "stdin": ["cd /pfs/deaf", "cat file > /pfs/out/copy"] },
              "input": { "pfs": { "repo": "deaf", "glob": "/*" } } }
            """);
        await _slipway.WaitAsync("deaf@master");

        Assert.Equal(JobState.Succeeded, (await _slipway.LastJobAsync("listens-not")).State);
        Assert.Equal("x", await _slipway.CatAsync("listens@master:/copy"));
    }

    [Fact]
    public async Task Cross_is_the_product_and_an_empty_member_makes_it_empty()
    {
        foreach (string repo in new[] { "rows", "columns", "nobody" })
        {
            await _slipway.RunAsync("repo", "create", repo);
        }

        await _slipway.PutAsync("rows@master:/1", "1");
        await _slipway.PutAsync("rows@master:/2", "2");
        await _slipway.PutAsync("columns@master:/a", "a");
        await _slipway.PutAsync("columns@master:/b", "b");
        await _slipway.PutAsync("columns@master:/c", "c");
        await _slipway.PutAsync("nobody@master:/x", "x");
        await _slipway.RunAsync("file", "rm", "nobody@master:/x");
        await _slipway.CreatePipelineAsync(Script("product", Cross(Repo("rows"), Repo("columns")), "echo > /pfs/out/$(basename $rows)$(basename $columns)"));
        await _slipway.CreatePipelineAsync(Script("empty", Cross(Repo("rows"), Repo("nobody")), "echo > /pfs/out/x"));
        await _slipway.CreatePipelineAsync(Script("sum", Union(Repo("rows"), Repo("columns")), "echo > /pfs/out/$(basename ${rows:-$columns})"));
        await _slipway.WaitAsync("rows@master");
        await _slipway.WaitAsync("columns@master");

        Assert.Equal(["/1a", "/1b", "/1c", "/2a", "/2b", "/2c"], await _slipway.FilesAsync("product@master:/"));
        Assert.Equal(["/1", "/2", "/a", "/b", "/c"], await _slipway.FilesAsync("sum@master:/"));
        JobInfo empty = await _slipway.LastJobAsync("empty");
        Assert.Equal((JobState.Succeeded, 0L), (empty.State, empty.Counts.Total));
    }
}
