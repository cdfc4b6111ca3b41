using System.Text;
using Slipway.Api;
using Slipway.EndToEnd.Support;
using static Slipway.EndToEnd.Support.PipelineText;

namespace Slipway.EndToEnd.Store;

/// <summary>A home as its owner cares for it: collect, verify, repair from a replica, purge; beside a pipeline whose answers must outlive all that.</summary>
public sealed class StoreCareTests(SlipwayFixture fixture) : IClassFixture<SlipwayFixture>
{
    private const string Person = "Ada Lovelace, 12 St James's Square, born 10 December 1815\n";

    private readonly SlipwayBinary _slipway = fixture.Slipway;

    [Fact]
    public async Task What_is_collected_is_garbage_and_what_is_purged_is_gone_with_what_was_made_from_it()
    {
        await _slipway.RunAsync("repo", "create", "customers");
        await _slipway.PutAsync("customers@master:/ada.txt", Person);
        await _slipway.PutAsync("customers@master:/bob.txt", "Bob\n");
        await _slipway.CreatePipelineAsync(Script("letters", Repo("customers"), "for f in /pfs/customers/*; do { echo Dear; cat $f; } > /pfs/out/$(basename $f); done; cat /pfs/customers/*"));
        await _slipway.WaitAsync("customers@master");
        Assert.Contains("Ada", await _slipway.CatAsync("letters@master:/ada.txt"), StringComparison.Ordinal);

        await CollectsGarbageAndKeepsAnswersAsync();
        await RepairsFromAReplicaAsync();
        await PurgesAsync();
    }

    private async Task CollectsGarbageAndKeepsAnswersAsync()
    {
        await _slipway.RunAsync("repo", "create", "garbage");
        await _slipway.PutAsync("garbage@master:/large", new string('g', 300_000));
        await _slipway.RunAsync("repo", "rm", "garbage");
        CollectResult rehearsal = await _slipway.JsonAsync(ApiJson.Default.CollectResult, "gc", "--dry-run");
        CollectResult done = await _slipway.JsonAsync(ApiJson.Default.CollectResult, "gc");
        Assert.True(done.Kinds[0].Bytes >= 300_000, $"{done.Kinds[0].Bytes} bytes went");
        Assert.Equal(rehearsal.Kinds[0], done.Kinds[0]);
        Assert.Equal(0, (await _slipway.JsonAsync(ApiJson.Default.CollectResult, "gc")).Kinds[0].Count);

        // The datum of bob's file was answered before the collection: changed and put back, it does not run again.
        await _slipway.PutAsync("customers@master:/bob.txt", "Robert\n");
        await _slipway.WaitAsync("customers@master");
        await _slipway.RunAsync("gc");
        await _slipway.PutAsync("customers@master:/bob.txt", "Bob\n");
        await _slipway.WaitAsync("customers@master");
        JobInfo job = await _slipway.LastJobAsync("letters");
        Assert.Equal((2, 2), (job.Counts.Total, job.Counts.Skipped));
    }

    private async Task RepairsFromAReplicaAsync()
    {
        await _slipway.PutAsync("customers@master:/large", new string('l', 200_000));
        await _slipway.WaitAsync("customers@master");
        await _slipway.RunAsync("daemon", "stop");
        string replica = Path.Combine(_slipway.Folder, "replica");
        CopyBlobs(Path.Combine(_slipway.Home, "blobs"), replica);
        string hit = Directory.GetFiles(Path.Combine(_slipway.Home, "blobs", "loose"), "*", SearchOption.AllDirectories).First(file => File.ReadAllText(file).StartsWith("llll", StringComparison.Ordinal));
        File.SetUnixFileMode(hit, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using (FileStream file = File.OpenWrite(hit))
        {
            file.WriteByte((byte)'X');
        }

        CommandOutput damaged = await _slipway.TryAsync("verify", "customers@master");
        Assert.Equal(1, damaged.ExitCode);
        Assert.Contains(":/large", damaged.Stdout, StringComparison.Ordinal);
        Assert.NotEqual(0, (await _slipway.TryAsync("cat", "customers@master:/large")).ExitCode);
        await _slipway.RunAsync("verify", "customers@master", "--repair", "--from", replica);
        Assert.Equal(new string('l', 200_000), await _slipway.CatAsync("customers@master:/large"));
        await _slipway.RunAsync("verify", "--all");
    }

    private async Task PurgesAsync()
    {
        string shown = await _slipway.RunAsync("purge", "customers:/ada.txt", "--with-outputs");
        Assert.Contains("letters@", shown, StringComparison.Ordinal);
        Assert.Equal(Person, await _slipway.CatAsync("customers@master:/ada.txt"));

        PurgeResult purged = await _slipway.JsonAsync(ApiJson.Default.PurgeResult, "purge", "customers:/ada.txt", "--with-outputs", "-m", "request 117", "--yes");
        Assert.Empty(purged.Traces);
        Assert.True(purged.Answers >= 1, "no answer was forgotten");
        foreach (string file in (string[])["customers@master:/ada.txt", "letters@master:/ada.txt"])
        {
            CommandOutput read = await _slipway.TryAsync("cat", file);
            Assert.NotEqual(0, read.ExitCode);
            Assert.Contains("request 117", read.Stderr, StringComparison.Ordinal);
        }

        Assert.Equal("Dear\nBob\n", await _slipway.CatAsync("letters@master:/bob.txt"));
        Assert.NotEqual(0, (await _slipway.FeedAsync(Person, "put", "customers@master:/again.txt", "-f", "-")).ExitCode);
        await _slipway.RunAsync("verify", "--all");
        Assert.Contains("request 117", await _slipway.RunAsync("purge", "list"), StringComparison.Ordinal);
        await _slipway.RunAsync("daemon", "stop");
        string[] holding = [.. Directory.GetFiles(_slipway.Home, "*", SearchOption.AllDirectories)
            .Where(file => new FileInfo(file).Length < 64 << 20 && File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Person)) >= 0)];
        Assert.Empty(holding);
    }

    private static void CopyBlobs(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
