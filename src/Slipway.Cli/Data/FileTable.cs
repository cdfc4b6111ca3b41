using System.Globalization;
using Slipway.Api;
using Slipway.Cli.Output;

namespace Slipway.Cli.Data;

/// <summary>Files as `ls` and `glob` print them.</summary>
internal static class FileTable
{
    /// <summary>With all that a repo knows of each: mode, bytes, whole digest, where a link leads.</summary>
    public static async Task<int> WriteLongAsync(CommandContext context, IAsyncEnumerable<FileEntry> stream, CancellationToken cancellationToken)
    {
        Table table = new("MODE", "BYTES", "DIGEST", "PATH");
        await foreach (FileEntry entry in stream.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            string mode = entry.Kind switch { FileKind.Directory => "drwxr-xr-x", FileKind.Symlink => "lrwxrwxrwx", _ => entry.Executable ? "-rwxr-xr-x" : "-rw-r--r--" };
            string digest = entry.Digest[(entry.Digest.IndexOf(':', StringComparison.Ordinal) + 1)..];
            table.Add(mode, entry.Size.ToString(CultureInfo.InvariantCulture), digest, entry.Target is null ? entry.Path : $"{entry.Path} -> {entry.Target}");
        }

        table.Write(context);
        return ExitCodes.Success;
    }

    public static async Task<int> WriteAsync(CommandContext context, IAsyncEnumerable<FileEntry> stream, bool json, bool quiet, CancellationToken cancellationToken)
    {
        if (quiet && !json)
        {
            await foreach (FileEntry entry in stream.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                context.Out.WriteLine(TextLayout.Printable(entry.Path));
            }

            return ExitCodes.Success;
        }

        List<FileEntry> entries = [];
        await foreach (FileEntry entry in stream.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            entries.Add(entry);
        }

        if (json)
        {
            JsonOutput.Write(context, entries, ApiJson.Default.IReadOnlyListFileEntry);
            return ExitCodes.Success;
        }

        Table table = new("PATH", "SIZE", "DIGEST");
        foreach (FileEntry entry in entries)
        {
            string mark = entry.Kind switch { FileKind.Directory => "/", FileKind.Symlink => "@", _ => entry.Executable ? "*" : "" };
            table.Add(entry.Path + mark, Format.Bytes(entry.Size), Format.ShortId(entry.Digest));
        }

        table.Write(context);
        return ExitCodes.Success;
    }
}
