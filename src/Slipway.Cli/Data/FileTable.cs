using Slipway.Api;
using Slipway.Cli.Output;

namespace Slipway.Cli.Data;

/// <summary>Files as `ls` and `glob` print them.</summary>
internal static class FileTable
{
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
