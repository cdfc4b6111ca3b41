using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;

namespace Slipway.Cli.Builds;

/// <summary>A build context that comes as a tar: plain, gzip, or what bzip2, xz and zstd of this machine unpack.</summary>
internal static class ContextArchive
{
    private const int HeadSize = 512;

    /// <summary>The first bytes of a stream, and a stream that begins with them again.</summary>
    public static async Task<(byte[] Head, Stream Whole)> PeekAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] head = new byte[HeadSize];
        int length = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return (head[..length], new JoinedStream(head.AsMemory(0, length), stream));
    }

    /// <summary>Whether these first bytes are a tar's or a compressed file's.</summary>
    public static bool IsArchive(ReadOnlySpan<byte> head) =>
        Program(head) is not null || IsGzip(head) || (head.Length >= 262 && head[257..262].SequenceEqual("ustar"u8));

    /// <summary>Unpacks below an empty folder; names and links that lead out of it are refused or made last, so that nothing is written through one.</summary>
    public static async Task ExtractAsync(ReadOnlyMemory<byte> head, Stream archive, string folder, CancellationToken cancellationToken)
    {
        using Process? program = Program(head.Span) is { } name ? Start(name) : null;
        Task feeding = program is null ? Task.CompletedTask : FeedAsync(program, archive, cancellationToken);
        Stream plain = program is not null ? program.StandardOutput.BaseStream : IsGzip(head.Span) ? new GZipStream(archive, CompressionMode.Decompress) : archive;
        List<(string Path, string Target, bool IsHard)> links = [];
        try
        {
            TarReader reader = new(plain, leaveOpen: true);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false) is { } entry)
                {
                    await PlaceAsync(entry, folder, links, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new CliException($"the context is not a whole tar: {fault.Message}");
        }

        foreach ((string path, string target, bool isHard) in links)
        {
            MakeWay(folder, path);
            if (isHard)
            {
                File.Copy(Below(folder, target), path, overwrite: true);
            }
            else
            {
                File.CreateSymbolicLink(path, target);
            }
        }

        await feeding.ConfigureAwait(false);
    }

    private static async Task PlaceAsync(TarEntry entry, string folder, List<(string, string, bool)> links, CancellationToken cancellationToken)
    {
        string path = Below(folder, entry.Name);
        MakeWay(folder, path);
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                Directory.CreateDirectory(path);
                File.SetUnixFileMode(path, entry.Mode | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                FileStream file = new(path, FileMode.Create);
                await using (file.ConfigureAwait(false))
                {
                    await (entry.DataStream ?? Stream.Null).CopyToAsync(file, cancellationToken).ConfigureAwait(false);
                }

                File.SetUnixFileMode(path, entry.Mode);
                break;
            case TarEntryType.SymbolicLink or TarEntryType.HardLink:
                links.Add((path, entry.LinkName, entry.EntryType == TarEntryType.HardLink));
                break;
        }
    }

    // A link that an earlier archive left there is replaced, never followed.
    private static void MakeWay(string folder, string path)
    {
        string way = folder;
        foreach (string part in Path.GetRelativePath(folder, path).Split('/'))
        {
            way = Path.Join(way, part);
            if (new FileInfo(way).LinkTarget is not null)
            {
                File.Delete(way);
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
    }

    private static string Below(string folder, string name)
    {
        string[] parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Contains("..") || name.Contains('\0', StringComparison.Ordinal)
            ? throw new CliException($"the context holds '{name}', which leads outside of it")
            : Path.Join([folder, .. parts.Where(static part => part != ".")]);
    }

    private static bool IsGzip(ReadOnlySpan<byte> head) => head.StartsWith<byte>([0x1F, 0x8B]);

    private static string? Program(ReadOnlySpan<byte> head) => head switch
    {
        [0x42, 0x5A, 0x68, ..] => "bzip2",
        [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00, ..] => "xz",
        [0x28, 0xB5, 0x2F, 0xFD, ..] => "zstd",
        _ => null,
    };

    private static Process Start(string program)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, ["-d", "-c"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new CliException($"the context is compressed, and {program} is not installed", $"for example: apt-get install {(program == "xz" ? "xz-utils" : program)}");
        }
    }

    private static async Task FeedAsync(Process program, Stream archive, CancellationToken cancellationToken)
    {
        try
        {
            await archive.CopyToAsync(program.StandardInput.BaseStream, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The program has found the end of the archive, or a fault that its output shows.
        }
        finally
        {
            program.StandardInput.Close();
        }
    }
}
