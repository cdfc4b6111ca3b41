using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Slipway.Build.Contexts;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Build.Tests.Contexts;

public sealed class FolderCopyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-copy-").FullName;

    public void Dispose() => DirectoryTree.Delete(_folder);

    [Fact]
    public void Files_folders_and_links_come_with_their_modes()
    {
        Write("a.sh", "run", 0x1ED);
        Write("deep/er/secret", "s", 0x180);
        Directory.CreateDirectory(Path.Combine(Source, "empty"));
        Write("closed/inside", "i", 0x1A4);
        File.SetUnixFileMode(Path.Combine(Source, "closed"), (UnixFileMode)0x16D); // r-xr-xr-x
        File.CreateSymbolicLink(Path.Combine(Source, "link"), "/etc/passwd");
        File.CreateSymbolicLink(Path.Combine(Source, "gone"), "nowhere");

        Assert.Empty(Copy(static _ => false, static _ => false));

        Assert.Equal(
            ["a.sh 755 run", "closed/ 555", "closed/inside 644 i", "deep/ 755", "deep/er/ 755", "deep/er/secret 600 s", "empty/ 755", "gone -> nowhere", "link -> /etc/passwd"],
            Listing());
    }

    [Fact]
    public void What_is_left_out_is_told_and_a_folder_comes_only_with_what_is_taken_in_again()
    {
        Write("keep", "k", 0x1A4);
        Write("out/a", "a", 0x1A4);
        Write("part/b", "b", 0x1A4);
        Write("part/in/c", "c", 0x1A4);
        Write("part/never/d", "d", 0x1A4);

        IReadOnlyCollection<string> ignored = Copy(
            static path => path is "out" || (path.StartsWith("part", StringComparison.Ordinal) && path != "part/in/c"), static path => path is "part" or "part/in" or "part/never");

        Assert.Equal(["keep 644 k", "part/ 755", "part/in/ 755", "part/in/c 644 c"], Listing());
        Assert.Equal(["out", "part/b", "part/never/d"], ignored.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Pipes_and_sockets_stay_out()
    {
        Write("f", "x", 0x1A4);
        using Process mkfifo = Process.Start("mkfifo", [Path.Combine(Source, "pipe")]);
        await mkfifo.WaitForExitAsync();
        Copy(static _ => false, static _ => false);
        Assert.Equal(["f 644 x"], Listing());
    }

    [Fact]
    public void A_sparse_file_keeps_its_bytes()
    {
        Directory.CreateDirectory(Source);
        using (FileStream file = File.Create(Path.Combine(Source, "s")))
        {
            file.SetLength(3 << 20);
            file.Position = 2 << 20;
            file.WriteByte(7);
        }

        Copy(static _ => false, static _ => false);
        Assert.Equal(File.ReadAllBytes(Path.Combine(Source, "s")), File.ReadAllBytes(Path.Combine(Target, "s")));
    }

    [Fact]
    public async Task A_name_that_is_not_UTF8_is_refused_with_its_bytes()
    {
        Directory.CreateDirectory(Source);
        using Process touch = Process.Start("sh", ["-c", "cd \"$0\" && touch \"$(printf 'a\\377b')\"", Source]);
        await touch.WaitForExitAsync();
        SlipwayException error = Assert.Throws<SlipwayException>(() => Copy(static _ => false, static _ => false));
        Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
        Assert.Contains("61ff62", error.Message, StringComparison.Ordinal);
    }

    private string Source => Path.Combine(_folder, "source");

    private string Target => Path.Combine(_folder, "target");

    private IReadOnlyCollection<string> Copy(Func<string, bool> ignores, Func<string, bool> mayIncludeBelow)
    {
        Directory.CreateDirectory(Target);
        FolderCopy copy = new(ignores, mayIncludeBelow, inPlace: null);
        using SafeFileHandle source = Libc.Open(Source, OpenFlags.Directory);
        copy.Copy(source, Target, CancellationToken.None);
        return copy.Ignored;
    }

    private void Write(string path, string text, int mode)
    {
        string full = Path.Combine(Source, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        File.SetUnixFileMode(full, (UnixFileMode)mode);
    }

    private IEnumerable<string> Listing() => Directory.GetFileSystemEntries(Target, "*", SearchOption.AllDirectories).Select(path =>
    {
        string name = Path.GetRelativePath(Target, path);
        if (new FileInfo(path).LinkTarget is { } link)
        {
            return $"{name} -> {link}";
        }

        string mode = Convert.ToString((int)File.GetUnixFileMode(path), 8);
        return Directory.Exists(path) ? $"{name}/ {mode}" : $"{name} {mode} {File.ReadAllText(path)}";
    }).Order(StringComparer.Ordinal);
}
