using Slipway.Cli.Progress;

namespace Slipway.Cli.Archives;

/// <summary>Where a tar that the server sends goes: a file, which is there whole or not at all, or stdout.</summary>
internal static class ArchiveOutput
{
    /// <param name="file">Null or "-": stdout, unless that is a terminal.</param>
    /// <exception cref="CliException">No file is named, and stdout is a terminal.</exception>
    public static void Check(CommandContext context, string? file, string usage)
    {
        if (file is null or "-" && context.Terminal.Output)
        {
            throw new CliException("a tar does not go to a terminal", $"name a file or redirect stdout: {usage}", usage: true);
        }
    }

    public static async Task WriteAsync(CommandContext context, Stream tar, string? file, string verb, CancellationToken cancellationToken)
    {
        TransferProgress progress = new(context.Time, verb, null);
        using ProgressLine line = new(context, progress.ToString);
        if (file is null or "-")
        {
            using Stream output = context.OpenOutput();
            await CopyAsync(tar, output, progress, cancellationToken).ConfigureAwait(false);
            return;
        }

        string path = context.Resolve(file);
        string made = $"{path}.{Guid.NewGuid():n}.part";
        try
        {
            using (FileStream output = new(made, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                await CopyAsync(tar, output, progress, cancellationToken).ConfigureAwait(false);
            }

            File.Move(made, path, overwrite: true);
        }
        catch (Exception)
        {
            File.Delete(made);
            throw;
        }
    }

    private static async Task CopyAsync(Stream tar, Stream output, TransferProgress progress, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1 << 20];
        for (int read; (read = await tar.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            progress.Add(read);
        }
    }
}
