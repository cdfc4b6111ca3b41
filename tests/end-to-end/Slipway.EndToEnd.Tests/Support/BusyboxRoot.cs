using System.Formats.Tar;

namespace Slipway.EndToEnd.Support;

/// <summary>
/// A root file system of Debian's static busybox, as a tar: small enough to import into a fresh home for each test class, and with a shell.
/// </summary>
internal static class BusyboxRoot
{
    private const string Busybox = "/bin/busybox";

    private static readonly Lazy<Task<string>> Made = new(MakeAsync);

    /// <summary>The path of the tar, made once a test run.</summary>
    public static Task<string> TarAsync() => Made.Value;

    private static async Task<string> MakeAsync()
    {
        if (!File.Exists(Busybox))
        {
            throw new InvalidOperationException($"{Busybox} is missing. Run: make deps-test");
        }

        CommandOutput applets = await ChildProcess.RunAsync(Busybox, ["--list"]);
        string path = Path.Combine(Path.GetTempPath(), $"slipway-busybox-{Environment.ProcessId}.tar");
        await using FileStream file = File.Create(path);
        await using TarWriter tar = new(file, TarEntryFormat.Pax);
        foreach (string folder in new[] { "bin", "dev", "etc", "proc", "root", "sys", "usr", "usr/bin" })
        {
            await tar.WriteEntryAsync(Folder(folder, 0b111_101_101));
        }

        await tar.WriteEntryAsync(Folder("tmp", 0b1_111_111_111));
        await using (FileStream binary = File.OpenRead(Busybox))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "bin/busybox") { Mode = (UnixFileMode)0b111_101_101, DataStream = binary });
        }

        foreach (string applet in applets.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(name => name != "busybox"))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, $"bin/{applet}") { LinkName = "busybox" });
        }

        await tar.WriteEntryAsync(Text("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n"));
        await tar.WriteEntryAsync(Text("etc/group", "root:x:0:\nnogroup:x:65534:\n"));
        return path;
    }

    private static PaxTarEntry Folder(string name, int mode) => new(TarEntryType.Directory, name) { Mode = (UnixFileMode)mode };

    private static PaxTarEntry Text(string name, string text) =>
        new(TarEntryType.RegularFile, name) { Mode = (UnixFileMode)0b110_100_100, DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)) };
}
