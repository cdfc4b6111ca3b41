using System.Net.Sockets;
using Slipway.Content;
using Slipway.Data.Contents;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;
using Slipway.Data.Worktrees;
using Slipway.Data.Worktrees.Scanning;
using Slipway.Linux;

namespace Slipway.Data.Tests.Worktrees.Scanning;

public sealed class FolderReaderTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("slipway-scan-").FullName;
    private readonly InMemoryBlobStore _blobs = new();
    private readonly RepoContent _content;
    private readonly LaterClock _clock = new();
    private readonly FolderReader _reader;

    public FolderReaderTests()
    {
        _content = new RepoContent(_blobs, new TreeStore(_blobs));
        _reader = new FolderReader(Path.Join(_directory, "scans"), _clock);
    }

    private string In => Path.Join(_directory, "in");

    public void Dispose() => DirectoryTree.Delete(_directory);

    [Fact]
    public async Task The_tree_is_that_of_a_collection_and_the_files_stay()
    {
        Write("a/b/data.csv", "1,2");
        Write("a/run.sh", "true");
        File.SetUnixFileMode(Path.Join(In, "a/run.sh"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Write("日本/é", "");
        Write("large", new string('x', 200_000));
        Directory.CreateDirectory(Path.Join(In, "empty/below"));
        File.CreateSymbolicLink(Path.Join(In, "a/link"), "/etc/passwd");
        (TreeEntry tree, ScanTally tally) = await ReadAsync();
        Assert.Equal((5L, 200_007L, 5L), (tally.Files, tally.Bytes, tally.Read));
        Assert.True(File.Exists(Path.Join(In, "a/b/data.csv")));
        CollectedTree collected = await new Collector(_content.Trees, _blobs).CollectAsync(In, default);
        Assert.Equal(collected.Tree, tree.Digest);
    }

    [Fact]
    public async Task A_scan_whose_index_cannot_be_written_is_a_scan_without_one()
    {
        File.WriteAllText(Path.Join(_directory, "scans"), "in the way");
        Write("a/data.csv", "1,2");
        (TreeEntry first, _) = await ReadAsync();
        (TreeEntry second, ScanTally tally) = await ReadAsync();
        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal(1, tally.Read);
    }

    [Fact]
    public async Task Only_what_changed_is_read_again()
    {
        for (int i = 0; i < 3000; i++)
        {
            Write($"flat/{i}", $"{i}");
        }

        Write("other/a", "a");
        (TreeEntry first, ScanTally all) = await ReadAsync();
        Assert.Equal(3001, all.Read);
        foreach (TreeEntry? present in new[] { null, first })
        {
            (TreeEntry same, ScanTally none) = await ReadAsync(present);
            Assert.Equal((first.Digest, first.Size, 0L, 3001L), (same.Digest, same.Size, none.Read, none.Files));
        }

        Write("flat/1500", "other");
        Write("flat/new", "new");
        File.Delete(Path.Join(In, "flat/7"));
        Directory.Delete(Path.Join(In, "other"), recursive: true);
        (TreeEntry changed, ScanTally two) = await ReadAsync(first);
        Assert.Equal((2L, 3000L), (two.Read, two.Files));
        CollectedTree collected = await new Collector(_content.Trees, _blobs).CollectAsync(In, default);
        Assert.Equal(collected.Tree, changed.Digest);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2048)]
    [InlineData(4999)]
    public async Task In_a_wide_folder_a_change_is_found_wherever_it_stands(int changed)
    {
        for (int i = 0; i < 5000; i++)
        {
            Write($"{i:0000}{(i % 1500 == 0 ? "/below" : "")}", $"{i % 7}");
        }

        (TreeEntry tree, _) = await ReadAsync();
        (tree, ScanTally none) = await ReadAsync(tree);
        Assert.Equal((0L, 5000L), (none.Read, none.Files));
        string name = changed % 1500 == 0 ? $"{changed:0000}/below" : $"{changed:0000}";
        foreach (Action change in new Action[] { () => Write(name, "other"), () => File.Delete(Path.Join(In, name)), () => Write(name, "again") })
        {
            change();
            (tree, ScanTally tally) = await ReadAsync(tree);
            Assert.InRange(tally.Read, 0, 1);
            FileStatus status = Libc.Status(In);
            FolderReader fresh = new(Path.Join(_directory, Guid.NewGuid().ToString()), _clock);
            Assert.Equal(await fresh.ReadFolderAsync(_content, In, new FileIdentity(status.Device, status.Inode), null, new ScanTally(), default), tree);
        }
    }

    [Fact]
    public async Task A_change_that_leaves_size_and_time_as_they_were_is_seen()
    {
        Write("f", "one");
        DateTime time = File.GetLastWriteTimeUtc(Path.Join(In, "f"));
        (TreeEntry before, _) = await ReadAsync();
        File.WriteAllText(Path.Join(In, "f"), "two");
        File.SetLastWriteTimeUtc(Path.Join(In, "f"), time);
        (TreeEntry after, _) = await ReadAsync(before);
        Assert.NotEqual(before.Digest, after.Digest);
    }

    [Fact]
    public async Task A_file_that_changed_just_before_it_was_read_is_read_again()
    {
        Write("f", "one");
        _clock.Ahead = -TimeSpan.FromMinutes(1);
        await ReadAsync();
        (_, ScanTally again) = await ReadAsync();
        Assert.Equal(1, again.Read);
        (_, ScanTally file) = await ReadFileAsync("f");
        (_, ScanTally fileAgain) = await ReadFileAsync("f");
        Assert.Equal((1L, 1L), (file.Read, fileAgain.Read));
    }

    [Fact]
    public async Task What_was_collected_from_the_store_since_is_read_again()
    {
        Write("d/f", "one");
        Write("d/g", "two");
        (TreeEntry before, _) = await ReadAsync();
        await _blobs.DeleteAsync([Digest.Of("one"), before.Digest], default);
        (TreeEntry after, ScanTally tally) = await ReadAsync();
        Assert.Equal((before.Digest, 1L), (after.Digest, tally.Read));
        Assert.Empty(await _blobs.FindMissingAsync([Digest.Of("one"), Digest.Of("two"), after.Digest], default));
    }

    [Fact]
    public async Task What_was_lost_though_the_repo_names_it_is_read_again_once_that_is_known()
    {
        Write("d/f", "one");
        (TreeEntry before, _) = await ReadAsync();
        await _blobs.DeleteAsync([Digest.Of("one")], default);
        (_, ScanTally trusting) = await ReadAsync(before);
        Assert.Equal(0, trusting.Read);
        _reader.Forget();
        (TreeEntry after, ScanTally tally) = await ReadAsync(before);
        Assert.Equal((before.Digest, 1L), (after.Digest, tally.Read));
        Assert.NotNull(await _blobs.FindAsync(Digest.Of("one"), default));
    }

    [Fact]
    public async Task A_folder_that_we_do_not_see_is_not_ours_to_read()
    {
        Assert.Null(await _reader.ReadFolderAsync(_content, Path.Join(_directory, "nowhere"), default, null, new ScanTally(), default));
        Assert.Null(await _reader.ReadFileAsync(_content, Path.Join(_directory, "nowhere/f"), default, new ScanTally(), default));
        Assert.Null(await _reader.ReadFileAsync(_content, "/", default, new ScanTally(), default));
    }

    [Fact]
    public async Task What_a_killed_process_left_is_tidied_away()
    {
        Write("f", "one");
        await ReadAsync();
        string index = Directory.GetFiles(Path.Join(_directory, "scans")).Single();
        File.Copy(index, index + ".draft");
        _reader.Tidy();
        Assert.Equal([index], Directory.GetFiles(Path.Join(_directory, "scans")));
    }

    [Fact]
    public async Task A_single_file_is_known_again_too()
    {
        Write("f", "one");
        (TreeEntry? first, ScanTally read) = await ReadFileAsync("f");
        (TreeEntry? again, ScanTally known) = await ReadFileAsync("f");
        Assert.Equal((first, 1L, 0L, 1L), (again, read.Read, known.Read, known.Files));
        await _blobs.DeleteAsync([Digest.Of("one")], default);
        (_, ScanTally lost) = await ReadFileAsync("f");
        Assert.Equal(1, lost.Read);
    }

    [Fact]
    public async Task Another_object_at_the_path_is_not_read()
    {
        Write("d/f", "one");
        FileStatus status = Libc.Status(In);
        FileIdentity other = new(status.Device, status.Inode + 1);
        Assert.Null(await _reader.ReadFolderAsync(_content, In, other, null, new ScanTally(), default));
        Assert.Null(await _reader.ReadFileAsync(_content, Path.Join(In, "d/f"), other, new ScanTally(), default));
        Assert.Equal(0, _blobs.Count);
    }

    [Fact]
    public async Task A_damaged_index_is_as_none()
    {
        for (int i = 0; i < 100; i++)
        {
            Write($"d{i % 10}/{i}", $"{i}");
        }

        (TreeEntry whole, _) = await ReadAsync();
        string index = Directory.GetFiles(Path.Join(_directory, "scans")).Single();
        byte[] good = await File.ReadAllBytesAsync(index);
        Random random = new(5);
        for (int i = 0; i < 60; i++)
        {
            byte[] bad = [.. good];
            bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(index, i % 3 == 0 ? bad[..random.Next(bad.Length)] : bad);
            (TreeEntry again, _) = await ReadAsync(i % 2 == 0 ? whole : null);
            Assert.Equal(whole.Digest, again.Digest);
        }
    }

    [Fact]
    public async Task A_socket_and_a_name_that_is_no_text_are_named()
    {
        for (int i = 0; i < 3000; i++)
        {
            Write($"d/{i}", "one");
        }

        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Join(In, "d/s")));
        SlipwayException odd = await Assert.ThrowsAsync<SlipwayException>(() => ReadAsync());
        Assert.Equal(ErrorKind.InvalidArgument, odd.Kind);
        Assert.Contains($"'{In}/d/s' is a socket", odd.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Random_histories_give_the_tree_of_the_folder()
    {
        Random random = new(11);
        TreeEntry? before = null;
        Directory.CreateDirectory(In);
        for (int step = 0; step < 60; step++)
        {
            for (int i = random.Next(6); i > 0; i--)
            {
                Change(random);
            }

            (TreeEntry tree, _) = await ReadAsync(random.Next(3) == 0 ? null : before);
            string copy = Path.Join(_directory, "copy");
            CopyFolder(In, copy);
            CollectedTree collected = await new Collector(_content.Trees, _blobs).CollectAsync(copy, default);
            DirectoryTree.Delete(copy);
            Assert.Equal(collected.Tree, tree.Digest);
            before = tree;
        }
    }

    private void Change(Random random)
    {
        string path = $"{random.Next(3)}/{random.Next(3)}/{random.Next(4)}";
        switch (random.Next(5))
        {
            case 0 when File.Exists(Path.Join(In, path)):
                File.Delete(Path.Join(In, path));
                break;
            case 1 when Directory.Exists(Path.Join(In, path[..1])):
                DirectoryTree.Delete(Path.Join(In, path[..1]));
                break;
            case 2 when File.Exists(Path.Join(In, path)):
                File.SetUnixFileMode(Path.Join(In, path), random.Next(2) == 0 ? UnixFileMode.UserRead | UnixFileMode.UserWrite : (UnixFileMode)0x1ED);
                break;
            default:
                Write(path, random.Next(4).ToString(System.Globalization.CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Join(to, Path.GetFileName(file)));
        }

        foreach (string folder in Directory.GetDirectories(from))
        {
            CopyFolder(folder, Path.Join(to, Path.GetFileName(folder)));
        }
    }

    private async Task<(TreeEntry Tree, ScanTally Tally)> ReadAsync(TreeEntry? present = null)
    {
        FileStatus status = Libc.Status(In);
        ScanTally tally = new();
        return ((await _reader.ReadFolderAsync(_content, In, new FileIdentity(status.Device, status.Inode), present, tally, default))!, tally);
    }

    private async Task<(TreeEntry? Entry, ScanTally Tally)> ReadFileAsync(string name)
    {
        FileStatus status = Libc.Status(Path.Join(In, name));
        ScanTally tally = new();
        return (await _reader.ReadFileAsync(_content, Path.Join(In, name), new FileIdentity(status.Device, status.Inode), tally, default), tally);
    }

    private void Write(string path, string text)
    {
        string full = Path.Join(In, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    /// <summary>A clock that is ahead, so that files written a moment ago count as old; or behind, so that they do not.</summary>
    private sealed class LaterClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; } = TimeSpan.FromHours(1);

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow + Ahead;
    }
}
