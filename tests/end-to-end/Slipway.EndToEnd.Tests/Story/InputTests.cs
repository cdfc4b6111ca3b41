using Slipway.Api;
using Slipway.EndToEnd.Support;
using static Slipway.EndToEnd.Support.PipelineText;

namespace Slipway.EndToEnd.Story;

/// <summary>How input reaches a container: nothing is copied for a datum, and not even root in it can change what others read.</summary>
public sealed class InputTests(SlipwayFixture fixture) : IClassFixture<SlipwayFixture>
{
    private readonly SlipwayBinary _slipway = fixture.Slipway;

    [Fact]
    public async Task Each_datum_reads_the_same_inodes_of_folders_and_small_files()
    {
        await _slipway.RunAsync("repo", "create", "models");
        await _slipway.RunAsync("repo", "create", "rows");
        _slipway.Write("models/deep/v1/weights", "small");
        File.WriteAllBytes(_slipway.Write("models/deep/v1/large", ""), new byte[300_000]);
        string script = _slipway.Write("models/deep/v1/run.sh", "#!/bin/sh\necho ran\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(Path.Combine(_slipway.Folder, "models/deep/v1/link"), "weights");
        await _slipway.RunAsync("put", "models@master:/", "-f", Path.Combine(_slipway.Folder, "models"));
        foreach (string name in new[] { "a", "b" })
        {
            _slipway.Write($"rows/{name}", name);
        }

        await _slipway.RunAsync("put", "rows@master:/", "-f", Path.Combine(_slipway.Folder, "rows"));

        await _slipway.CreatePipelineAsync(Script("folders", Cross(Repo("rows"), Repo("models", "/deep/*")), $"cd /pfs/models/deep/v1; {Facts}"));
        await _slipway.CreatePipelineAsync(Script("files", Cross(Repo("rows"), Repo("models", "/deep/v1/weights")), "stat -c %i $models > /pfs/out/$(basename $rows)"));
        await _slipway.WaitAsync("rows@master");

        string a = await _slipway.CatAsync("folders@master:/a");
        Assert.Equal(a, await _slipway.CatAsync("folders@master:/b"));
        Assert.Contains("ran", a, StringComparison.Ordinal);
        Assert.Contains("small", a, StringComparison.Ordinal);
        Assert.Equal(3, a.Split('\n').Count(line => line.StartsWith("inode ", StringComparison.Ordinal)));
        Assert.Equal(await _slipway.CatAsync("files@master:/a"), await _slipway.CatAsync("files@master:/b"));
    }

    [Theory]
    [InlineData("echo broken > file")]
    [InlineData("echo more > new")]
    [InlineData("rm file")]
    [InlineData("chmod 777 file")]
    [InlineData("mv file other")]
    [InlineData("mount -o remount,rw,bind /pfs/shared/folder")]
    public async Task Root_in_a_container_cannot_change_a_folder_that_others_read(string attempt)
    {
        string name = $"vandal{Math.Abs(string.GetHashCode(attempt, StringComparison.Ordinal))}";
        if ((await _slipway.TryAsync("repo", "create", "shared")).ExitCode == 0)
        {
            await _slipway.PutAsync("shared@master:/folder/file", "kept");
        }

        await _slipway.CreatePipelineAsync(Script(name, Repo("shared"), $"id -u > /pfs/out/user; cd /pfs/shared/folder; if {attempt}; then echo done > /pfs/out/result; else echo refused > /pfs/out/result; fi"));
        await _slipway.WaitAsync("shared@master");

        Assert.Equal(JobState.Succeeded, (await _slipway.LastJobAsync(name)).State);
        Assert.Equal(("0\n", "refused\n"), (await _slipway.CatAsync($"{name}@master:/user"), await _slipway.CatAsync($"{name}@master:/result")));
        string file = Assert.Single(Directory.EnumerateFiles(Path.Combine(_slipway.Home, "inputs", "folders"), "*", SearchOption.AllDirectories), path => path.EndsWith("/file", StringComparison.Ordinal));
        Assert.Equal("kept", File.ReadAllText(file));
    }

    /// <summary>What a datum sees of the folder that it stands in.</summary>
    private const string Facts = "{ stat -c 'inode %i %h' weights large run.sh; ./run.sh; cat link; } > /pfs/out/$(basename $rows)";
}
