using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Store;

/// <summary>A disk that fills up under a running server: a clear error, the repo as it was, and work that goes on when there is space again.</summary>
public sealed class FullDiskServerTests : IAsyncLifetime
{
    private const int Megabyte = 1 << 20;
    private SlipwayBinary? _slipway;

    private SlipwayBinary Slipway => _slipway ?? throw new InvalidOperationException("not initialised");

    public async Task InitializeAsync()
    {
        _slipway = await SlipwayBinary.CreateAsync(withBusybox: false);
        Directory.CreateDirectory(_slipway.Home);
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=48m", "slipway-test", _slipway.Home);
        await _slipway.RunAsync("repo", "create", "full");
        await _slipway.RunAsync("put", "full@master:/log", "-f", Random("log", 2 * Megabyte, 1));
    }

    public async Task DisposeAsync()
    {
        await Slipway.TryAsync("daemon", "stop");
        await RunAsync("umount", Slipway.Home);
        await Slipway.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_large_file_that_does_not_fit(bool append) =>
        await AssertRefusedThenTakenAsync("put", "full@master:/log", "-f", Random("large", 96 * Megabyte, 2), append ? "--append" : "--replace");

    [Fact]
    public async Task Many_small_files_that_do_not_fit()
    {
        for (int i = 0; i < 6000; i++)
        {
            Random($"many/{i % 10}/{i}", 16 * 1024, i + 10);
        }

        await AssertRefusedThenTakenAsync("put", "full@master:/many", "-f", Path.Join(Slipway.Folder, "many"));
    }

    [Fact]
    public async Task A_full_disk_under_what_is_only_remembered_harms_no_put()
    {
        string scans = Path.Join(Slipway.Home, "scans");
        Directory.CreateDirectory(scans);

        // A running server would not see the mount: it has a namespace of its own.
        await Slipway.RunAsync("daemon", "stop");
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=16k", "slipway-test", scans);
        try
        {
            for (int i = 0; i < 2000; i++)
            {
                Random($"many/{i % 10}/{i}", 16, i);
            }

            await Slipway.RunAsync("put", "full@master:/many", "-f", Path.Join(Slipway.Folder, "many"));
            Assert.Equal(2000, (await Slipway.RunAsync("ls", "-r", "full@master:/many")).Split('\n').Count(line => line.Contains("/many/", StringComparison.Ordinal) && !line.EndsWith('/')));
            Assert.Empty(Directory.GetFiles(scans, "*.*"));
        }
        finally
        {
            await Slipway.TryAsync("daemon", "stop");
            await RunAsync("umount", scans);
        }
    }

    [Fact]
    public async Task A_tar_that_does_not_fit()
    {
        Random("in/large", 96 * Megabyte, 3);
        string tar = Path.Join(Slipway.Folder, "in.tar");
        await RunAsync("tar", "cf", tar, "-C", Slipway.Folder, "in");
        await AssertRefusedThenTakenAsync("put", "full@master:/", "-f", tar, "--untar");
    }

    private async Task AssertRefusedThenTakenAsync(params string[] put)
    {
        string before = await Slipway.RunAsync("ls", "-r", "-l", "full@master:/");
        CommandOutput refused = await Slipway.TryAsync(put);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("space", refused.Stderr, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("internal", refused.Stderr, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(before, await Slipway.RunAsync("ls", "-r", "-l", "full@master:/"));
        await Slipway.RunAsync("verify", "--all");

        await RunAsync("mount", "-o", "remount,size=400m", Slipway.Home);
        await Slipway.RunAsync(put);
        await Slipway.RunAsync("verify", "--all");
        Assert.NotEqual(before, await Slipway.RunAsync("ls", "-r", "-l", "full@master:/"));
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        CommandOutput output = await ChildProcess.RunAsync(program, arguments);
        Assert.True(output.ExitCode == 0, output.ToString());
    }

    private string Random(string name, int length, int seed)
    {
        string path = Path.Join(Slipway.Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
