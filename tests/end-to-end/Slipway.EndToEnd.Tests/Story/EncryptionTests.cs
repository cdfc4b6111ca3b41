using System.Text;
using Slipway.Api;
using Slipway.EndToEnd.Support;
using static Slipway.EndToEnd.Support.PipelineText;

namespace Slipway.EndToEnd.Story;

/// <summary>An encrypted project from end to end: what stands on the disk, what a container reads, and what a wrong key shuts.</summary>
public sealed class EncryptionTests
{
    private const string Secret = "the-patient-is-called-Ada";
    private const string SecretName = "ada-lovelace-scan";
    private static readonly string First = new('a', 64);
    private static readonly string Second = new('b', 64);

    [Fact]
    public async Task What_is_put_into_an_encrypted_project_stands_nowhere_in_plain()
    {
        await using SlipwayBinary slipway = await SlipwayBinary.CreateAsync();
        await UnlockAsync(slipway, First);
        await FillAsync(slipway);
        await slipway.CreatePipelineAsync(Script(
            "copies",
            """{ "pfs": { "project": "clinic", "repo": "scans", "glob": "/*" } }""",
            "cat /pfs/scans/*/* > /pfs/out/all; cp /pfs/scans/*/large /pfs/out/; echo said > /proc/1/fd/1",
            """{ "pipeline": { "project": "clinic", "name": "copies" } }"""));
        await slipway.WaitAsync("clinic/scans@master");
        Assert.Contains(Secret, await slipway.CatAsync("clinic/copies@master:/all"), StringComparison.Ordinal);
        Assert.Contains(Secret, await slipway.CatAsync($"clinic/scans@master:/{SecretName}/small"), StringComparison.Ordinal);

        string open = (await slipway.RunAsync("commit", "start", "clinic/scans@master")).Trim();
        await slipway.RunAsync("put", $"clinic/scans@{open.Split('@')[^1]}:/{SecretName}/journal", "-f", slipway.Write("j", Secret));
        await slipway.RunAsync("daemon", "stop");
        Assert.Empty(Traces(slipway.Home, Secret));
        Assert.Empty(Traces(slipway.Home, SecretName));
        Assert.Empty(Traces(slipway.Home, "/journal"));
        Assert.Empty(Traces(slipway.Home, First));
        await slipway.RunAsync("commit", "finish", $"clinic/scans@{open.Split('@')[^1]}");
        Assert.Equal(Secret, await slipway.CatAsync($"clinic/scans@master:/{SecretName}/journal"));
    }

    [Fact]
    public async Task Without_the_master_key_one_project_is_locked_and_the_others_work()
    {
        await using SlipwayBinary slipway = await SlipwayBinary.CreateAsync(withBusybox: false);
        CommandOutput none = await slipway.TryAsync("project", "create", "clinic", "--encrypt");
        Assert.NotEqual(0, none.ExitCode);
        Assert.Contains("SLIPWAY_MASTER_KEY_FILE", none.Stderr, StringComparison.Ordinal);

        await UnlockAsync(slipway, First);
        await FillAsync(slipway);
        foreach (string? key in new[] { null, Second, "not a key" })
        {
            await UnlockAsync(slipway, key);
            CommandOutput shut = await slipway.TryAsync("cat", $"clinic/scans@master:/{SecretName}/small");
            Assert.NotEqual(0, shut.ExitCode);
            Assert.Contains("clinic is encrypted and locked", shut.Stderr, StringComparison.Ordinal);
            Assert.True(key is null || !shut.Stderr.Contains(key, StringComparison.Ordinal));
            await slipway.RunAsync("repo", "create", "open", "--if-missing");
            await slipway.PutAsync("open@master:/file", "still here");
            Assert.Equal("still here", await slipway.CatAsync("open@master:/file"));
            await slipway.RunAsync("gc");
            await slipway.RunAsync("du");
            await slipway.RunAsync("verify", "--all");
        }

        await UnlockAsync(slipway, First);
        Assert.Contains(Secret, await slipway.CatAsync($"clinic/scans@master:/{SecretName}/small"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_keys_rotate_and_nothing_is_written_anew()
    {
        await using SlipwayBinary slipway = await SlipwayBinary.CreateAsync(withBusybox: false);
        await UnlockAsync(slipway, First);
        await FillAsync(slipway);
        await slipway.RunAsync("gc");
        string[] before = LooseFiles(slipway);
        DataProjectInfo rotated = await slipway.JsonAsync(ApiJson.Default.DataProjectInfo, "project", "rotate", "clinic");
        Assert.Equal(2, rotated.DataKeys?.Count);
        await slipway.RunAsync("project", "rewrap", "--new-key-file", slipway.Write("next.key", Second));
        Assert.Equal(before, LooseFiles(slipway));

        await UnlockAsync(slipway, First);
        Assert.NotNull((await slipway.JsonAsync(ApiJson.Default.DataProjectInfo, "project", "inspect", "clinic")).Locked);
        await UnlockAsync(slipway, Second);
        Assert.Contains(Secret, await slipway.CatAsync($"clinic/scans@master:/{SecretName}/small"), StringComparison.Ordinal);
        await slipway.PutAsync("clinic/scans@master:/new", "sealed by the new key");
        Assert.Equal("sealed by the new key", await slipway.CatAsync("clinic/scans@master:/new"));
    }

    private static async Task FillAsync(SlipwayBinary slipway)
    {
        await slipway.RunAsync("project", "create", "clinic", "--encrypt");
        await slipway.RunAsync("repo", "create", "clinic/scans");
        slipway.Write($"in/{SecretName}/small", Secret);
        slipway.Write($"in/{SecretName}/large", string.Concat(Enumerable.Repeat(Secret, 20_000)));
        await slipway.RunAsync("put", "clinic/scans@master:/", "-f", Path.Combine(slipway.Folder, "in"));
    }

    /// <summary>Starts the server anew with this in its master key's file; null: with none.</summary>
    private static async Task UnlockAsync(SlipwayBinary slipway, string? key)
    {
        await slipway.TryAsync("daemon", "stop");
        slipway.SetEnvironment("SLIPWAY_MASTER_KEY_FILE", key is null ? null : slipway.Write("master.key", key));
    }

    private static string[] LooseFiles(SlipwayBinary slipway) =>
        [.. Directory.EnumerateFiles(Path.Combine(slipway.Home, "blobs", "loose"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static List<string> Traces(string folder, string text)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(text);
        return [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => File.ReadAllBytes(file).AsSpan().IndexOf(wanted) >= 0)];
    }
}
