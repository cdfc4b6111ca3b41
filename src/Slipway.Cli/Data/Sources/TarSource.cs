using System.ComponentModel;
using System.Diagnostics;
using System.IO.Compression;

namespace Slipway.Cli.Data.Sources;

/// <summary>Sends a tar on as it is inside of its compression, which its first bytes tell: gzip, xz, zstd, bzip2, or none.</summary>
internal static class TarSource
{
    private const int BufferSize = 128 * 1024;

    private static readonly (byte[] Magic, string Program)[] Programs =
    [
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz"),
        ([0x28, 0xB5, 0x2F, 0xFD], "zstd"),
        ([0x42, 0x5A, 0x68], "bzip2"),
    ];

    /// <summary>Copies the tar within a source; fails before the end is written where it is cut off.</summary>
    /// <param name="name">Of the source, for errors.</param>
    public static async Task CopyAsync(Stream source, string name, Stream destination, CancellationToken cancellationToken)
    {
        byte[] head = new byte[8];
        int count = await source.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        using PrefixedStream whole = new(head.AsMemory(0, count), source);
        TarEnd end = new(name);
        if (count >= 2 && head[0] == 0x1F && head[1] == 0x8B)
        {
            GZipStream expanded = new(whole, CompressionMode.Decompress, leaveOpen: true);
            await using (expanded.ConfigureAwait(false))
            {
                await CopyGzipAsync(expanded, name, destination, end, cancellationToken).ConfigureAwait(false);
            }
        }
        else if (Array.Find(Programs, program => head.AsSpan(0, count).StartsWith(program.Magic)) is { Program: { } program })
        {
            await ExpandAsync(program, whole, name, destination, end, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await CopyAsync(whole, destination, end, cancellationToken).ConfigureAwait(false);
        }

        end.Check();
    }

    private static async Task CopyGzipAsync(Stream expanded, string name, Stream destination, TarEnd end, CancellationToken cancellationToken)
    {
        try
        {
            await CopyAsync(expanded, destination, end, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException exception)
        {
            throw new CliException($"the gzip stream of {name} is damaged or cut off: {exception.Message}", "nothing was put");
        }
    }

    private static async Task CopyAsync(Stream source, Stream destination, TarEnd end, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[BufferSize];
        int count;
        while ((count = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            end.Add(buffer.AsSpan(0, count));
            await destination.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Through the program that every distribution has for it: the platform reads gzip alone.</summary>
    private static async Task ExpandAsync(string program, Stream source, string name, Stream destination, TarEnd end, CancellationToken cancellationToken)
    {
        using Process process = Start(program, name);
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            Task feeding = FeedAsync(process, source, cancellationToken);
            await CopyAsync(process.StandardOutput.BaseStream, destination, end, cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            await feeding.ConfigureAwait(false);
            if (process.ExitCode != 0)
            {
                throw new CliException($"{name} cannot be expanded: {(await errors.ConfigureAwait(false)).Trim()}", "nothing was put");
            }
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static Process Start(string program, string name)
    {
        try
        {
            ProcessStartInfo start = new(program, ["-dc"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new CliException($"{name} is compressed with {program}, and there is no program '{program}' here", $"install it (apt-get install {(program == "xz" ? "xz-utils" : program)}), or compress with gzip");
        }
    }

    private static async Task FeedAsync(Process process, Stream source, CancellationToken cancellationToken)
    {
        Stream input = process.StandardInput.BaseStream;
        try
        {
            await source.CopyToAsync(input, BufferSize, cancellationToken).ConfigureAwait(false);
            await input.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException) when (process.HasExited)
        {
            // It gave up on what it was given; its exit code and what it said tell why.
        }
        catch (Exception) when (!process.HasExited)
        {
            process.Kill();
            throw;
        }
    }
}
