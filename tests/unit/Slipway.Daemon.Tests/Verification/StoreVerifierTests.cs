using System.Text;
using Slipway.Content;
using Slipway.Daemon.Tests.Collection;
using Slipway.Daemon.Verification;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Trees;

namespace Slipway.Daemon.Tests.Verification;

public sealed class StoreVerifierTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly RepoName Repo = RepoName.Parse("training");
    private static readonly BranchName Master = BranchName.Parse("master");

    [Fact]
    public async Task A_missing_file_and_a_missing_folder_are_named_with_the_commits_that_have_them()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        Commit[] commits = await FillAsync(world);
        TreeEntry file = (await world.Trees.FindAsync(commits[0].Tree!.Value, Data.DataPath.Parse("/a/small"), None))!;
        await world.Blobs.DeleteAsync([file.Digest], None);
        VerificationReport report = await world.Verifier.VerifyAllAsync(null, null, None);
        Fault fault = Assert.Single(report.Faults);
        Assert.Equal(("blob", file.Digest.ToString(), false), (fault.Kind, fault.What, fault.Repaired));
        Assert.Equal([$"{commits[0].Reference}:/a/small", $"{commits[1].Reference}:/a/small"], fault.Hits.Order(StringComparer.Ordinal));
        Assert.Equal(fault.What, Assert.Single((await world.Verifier.VerifyAsync([commits[1]], null, null, None)).Faults).What);
        Assert.Empty((await world.Verifier.VerifyAsync([commits[2]], null, null, None)).Faults);
    }

    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 40)]
    public Task A_flipped_bit_anywhere_in_a_home_is_found_or_harmless_and_mended_from_a_replica(int seed, int rounds) => FlipAsync(seed, rounds);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(11, 1500)]
    public Task Flipped_bits_for_long(int seed, int rounds) => FlipAsync(seed, rounds);

    private static async Task FlipAsync(int seed, int rounds)
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        await FillAsync(world);
        await GrowAsync(world);
        await world.StopAsync();
        using Replica replica = new(world.Home);
        Random random = new(seed);
        string expected = await ReadAllAsync(world, start: true);
        int found = 0;
        for (int round = 0; round < rounds; round++)
        {
            replica.CopyTo(world.Home);
            string flipped = Flip(world.Home, random);
            try
            {
                await world.StartAsync();
            }
            catch (SlipwayException refused) when (refused.Kind is ErrorKind.Corrupt or ErrorKind.FailedPrecondition)
            {
                Assert.Contains(world.Home, refused.Message, StringComparison.Ordinal);
                await world.Blobs.DisposeAsync();
                found++;
                continue;
            }

            found += await CheckAsync(world, replica, flipped, expected) ? 1 : 0;
            await world.StopAsync();
        }

        Assert.True(found > 10, $"only {found} of the flipped bits were in used bytes");
        replica.CopyTo(world.Home);
        await world.StartAsync();
    }

    [Fact]
    public async Task A_file_that_was_appended_to_is_mended_from_a_replica_that_keeps_it_in_parts()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        await world.Repos.CreateAsync(Repo, "", null, None);
        byte[] head = StoreWorld.Content(9 << 20, 1), tail = StoreWorld.Content(100_000, 2);
        await world.PutAsync(Repo, Master, ("/log", head));
        Content.Blobs.BlobInfo grown = await world.Blobs.AppendAsync(Digest.Of(head), new MemoryStream(tail), None);
        await world.Commits.PutAsync(Repo, Master, [new PutEntry(Data.DataPath.Parse("/log"), TreeEntry.File("log", grown.Size, grown.Digest))], "", "", None);
        await world.StopAsync();
        using Replica replica = new(world.Home);
        string file = Path.Combine(world.Home, "blobs", "loose", Digest.Of(head).Hex[..2], Digest.Of(head).Hex);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using (FileStream stream = File.OpenWrite(file))
        {
            stream.Position = 5 << 20;
            stream.WriteByte((byte)~head[5 << 20]);
        }

        await world.StartAsync();
        Assert.Equal(2, (await world.Verifier.VerifyAllAsync(null, null, None)).Faults.Length);
        using FolderCopies copies = new(replica.Path);
        Assert.All((await world.Verifier.VerifyAllAsync([copies], null, None)).Faults, fault => Assert.True(fault.Repaired, fault.ToString()));
        Assert.Empty((await world.Verifier.VerifyAllAsync(null, null, None)).Faults);
        Assert.Equal(grown.Digest, Digest.Of(await Content.Blobs.BlobStoreExtensions.ReadAllAsync(world.Blobs, grown.Digest, None)));
    }

    /// <summary>True where the flipped bit was found; then it was mended, unless it hit the database's own structure.</summary>
    private static async Task<bool> CheckAsync(StoreWorld world, Replica replica, string flipped, string expected)
    {
        VerificationReport report = await world.Verifier.VerifyAllAsync(null, null, None);
        if (report.Faults.IsEmpty && world.Blobs.Recovered.IsClean)
        {
            Assert.True(expected == await ReadAllAsync(world, start: false), $"a flipped bit in {flipped} changed what is read, and was not found");
            return false;
        }

        using FolderCopies copies = new(replica.Path);
        VerificationReport repair = await world.Verifier.VerifyAllAsync([copies], null, None);
        if (repair.Faults.Any(fault => fault.What == "the database"))
        {
            return true;
        }

        Assert.All(repair.Faults, fault => Assert.True(fault.Repaired, $"{flipped}: {fault}"));
        Assert.Empty((await world.Verifier.VerifyAllAsync(null, null, None)).Faults);
        Assert.Equal(expected, await ReadAllAsync(world, start: false));
        return true;
    }

    private static async Task<Commit[]> FillAsync(StoreWorld world)
    {
        await world.Repos.CreateAsync(Repo, "", null, None);
        Commit first = await world.PutAsync(Repo, Master, ("/a/small", StoreWorld.Content(700, 1)), ("/b/large", StoreWorld.Content(90_000, 2)));
        Commit second = await world.PutAsync(Repo, Master, ("/c", StoreWorld.Content(5000, 3)));
        Commit third = await world.PutAsync(Repo, Master, ("/a/small", StoreWorld.Content(800, 4)));
        for (int i = 0; i < 12; i++)
        {
            await world.PutAsync(Repo, Master, ($"/d/{i}", StoreWorld.Content(3000 + i, 10 + i)));
        }

        await world.Blobs.FlushAsync(None);
        return [first, second, third];
    }

    /// <summary>A large file that is appended to: a recipe, whose first part is a file of its own and whose last stands in a segment.</summary>
    private static async Task GrowAsync(StoreWorld world)
    {
        await world.PutAsync(Repo, Master, ("/log", StoreWorld.Content((8 << 20) + 1, 5)));
        Content.Blobs.BlobInfo tail = await world.Blobs.PutAsync(StoreWorld.Content(3000, 6), None);
        await world.Commits.PutAsync(Repo, Master, [new AppendFile(Data.DataPath.Parse("/log"), TreeEntry.File("log", tail.Size, tail.Digest))], "", "", None);
    }

    /// <summary>Every commit with the digests of its files, each of which was read.</summary>
    private static async Task<string> ReadAllAsync(StoreWorld world, bool start)
    {
        if (start)
        {
            await world.StartAsync();
        }

        StringBuilder text = new();
        await foreach (Commit commit in world.Commits.LogAsync(Repo, null, None))
        {
            text.Append(commit.Reference).Append(' ').Append(commit.Id).Append('\n');
            await foreach ((Data.DataPath path, TreeEntry entry) in world.Trees.WalkAsync(commit.Tree!.Value, None))
            {
                text.Append(path).Append(' ').Append(Digest.Of(await Content.Blobs.BlobStoreExtensions.ReadAllAsync(world.Blobs, entry.Digest, None))).Append('\n');
            }
        }

        if (start)
        {
            await world.StopAsync();
        }

        return text.ToString();
    }

    private static string Flip(string home, Random random)
    {
        string[] files = [.. Directory.GetFiles(home, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) is not "lock" && new FileInfo(file).Length > 0)
            .Order(StringComparer.Ordinal)];
        string file = files[random.Next(files.Length)];
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        byte[] bytes = File.ReadAllBytes(file);
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(file, bytes);
        return file;
    }

    /// <summary>A copy of a closed home.</summary>
    private sealed class Replica : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("slipway-replica-");

        public Replica(string home) => Copy(home, Path);

        public string Path => _directory.FullName;

        public void CopyTo(string home)
        {
            foreach (string entry in Directory.GetFileSystemEntries(home))
            {
                if (Directory.Exists(entry))
                {
                    Directory.Delete(entry, recursive: true);
                }
                else
                {
                    File.Delete(entry);
                }
            }

            Copy(Path, home);
        }

        public void Dispose() => _directory.Delete(recursive: true);

        private static void Copy(string from, string to)
        {
            foreach (string directory in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
            {
                Directory.CreateDirectory(System.IO.Path.Combine(to, System.IO.Path.GetRelativePath(from, directory)));
            }

            foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
            {
                File.Copy(file, System.IO.Path.Combine(to, System.IO.Path.GetRelativePath(from, file)));
            }
        }
    }
}
