using System.Globalization;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Store;

/// <summary>Files that are mostly holes: put and got whole, and what they take on the disk.</summary>
public sealed class SparseFileTests(SlipwayFixture fixture) : IClassFixture<SlipwayFixture>, IDisposable
{
    private const long Gigabyte = 1L << 30;
    private readonly SlipwayBinary _slipway = fixture.Slipway;
    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-sparse-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task A_file_of_holes_comes_back_and_takes_little_on_the_disk() => PutAndGetAsync("sparse", Gigabyte);

    [Fact]
    [Trait("Category", "Long")]
    public Task So_does_one_of_50_GB() => PutAndGetAsync("sparse50", 50 * Gigabyte);

    private async Task PutAndGetAsync(string repo, long size)
    {
        string file = Path.Join(_folder, "disk.img");
        using (FileStream sparse = new(file, FileMode.CreateNew))
        {
            sparse.SetLength(size);
            sparse.Position = size / 2;
            sparse.Write("in the middle"u8);
            sparse.Position = size - 3;
            sparse.Write("end"u8);
        }

        await _slipway.RunAsync("repo", "create", repo);
        long before = await TakenAsync(_slipway.Home);
        await _slipway.RunAsync("put", $"{repo}@master:/disk.img", "-f", file);
        Assert.True(await TakenAsync(_slipway.Home) - before < 64 << 20, "the holes were stored");
        Assert.Equal("in the middle", await _slipway.RunAsync("cat", $"{repo}@master:/disk.img", "--bytes", string.Create(CultureInfo.InvariantCulture, $"{size / 2}-{(size / 2) + 12}")));

        string folder = Path.Join(_folder, "out");
        await _slipway.RunAsync("get", $"{repo}@master:/", "-o", folder);
        Assert.True(await TakenAsync(folder) < 64 << 20, "the holes were written");
        Assert.Equal(0, (await ChildProcess.RunAsync("cmp", [file, Path.Join(folder, "disk.img")])).ExitCode);
        await _slipway.RunAsync("verify", $"{repo}@master");
    }

    private static async Task<long> TakenAsync(string folder)
    {
        CommandOutput output = await ChildProcess.RunAsync("du", ["-s", "-B1", folder]);
        return long.Parse(output.Stdout.Split('\t')[0], CultureInfo.InvariantCulture);
    }
}
