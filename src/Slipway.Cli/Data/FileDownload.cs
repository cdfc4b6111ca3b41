using System.Security.Cryptography;
using System.Text;
using Slipway.Api;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Data;

/// <summary>
/// Gets one file. Its bytes gather in a ".part" beside it that is named after their digest, so that after an interruption the next get of the same bytes goes on
/// there; the file gets its name when the digest of all of them is right.
/// </summary>
internal sealed class FileDownload(CommandContext context, bool overwrite)
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Where the bytes of a file gather until they are whole.</summary>
    public static string PartOf(string path, string digest) => Path.Join(Path.GetDirectoryName(path), $".slipway-{Hex(digest)[..Math.Min(32, Hex(digest).Length)]}.part");

    /// <summary>Whether the file at a path holds these bytes already.</summary>
    public static async Task<bool> HoldsAsync(FileEntry entry, string path, CancellationToken cancellationToken)
    {
        FileInfo file = new(path);
        if (entry.Kind == FileKind.Symlink || !file.Exists || file.LinkTarget is not null || file.Length != entry.Size || ((file.UnixFileMode & AnyExecute) != 0) != entry.Executable)
        {
            return false;
        }

        using FileStream content = file.OpenRead();
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false)) == Hex(entry.Digest);
    }

    /// <summary>Writes the file or link at an address to a path; what is there already with the same bytes stays.</summary>
    public async Task WriteAsync(DataAddress address, FileEntry entry, string path, TransferProgress progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (entry.Kind == FileKind.Symlink)
        {
            await MakeLinkAsync(address, path, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (await HoldsAsync(entry, path, cancellationToken).ConfigureAwait(false))
        {
            progress.Add(entry.Size);
            return;
        }

        ThrowIfInTheWay(path);
        string part = PartOf(path, entry.Digest);
        await FillAsync(address, entry, part, progress, cancellationToken).ConfigureAwait(false);
        if (entry.Executable)
        {
            File.SetUnixFileMode(part, File.GetUnixFileMode(part) | AnyExecute);
        }

        File.Move(part, path, overwrite: true);
    }

    private async Task FillAsync(DataAddress address, FileEntry entry, string part, TransferProgress progress, CancellationToken cancellationToken)
    {
        using FileStream file = new(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[128 * 1024];
        if (file.Length > entry.Size)
        {
            file.SetLength(0);
        }

        // What came before an interruption is read again: the digest is that of all bytes.
        int count;
        while ((count = await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            hash.AppendData(buffer, 0, count);
            progress.Add(count);
        }

        if (file.Length < entry.Size || entry.Size == 0)
        {
            using Stream body = await context.Client.GetFileAsync(address.ToFile(), file.Length, cancellationToken).ConfigureAwait(false);
            while ((count = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                // Zeros need not be written: a file of holes takes no room.
                if (buffer.AsSpan(0, count).ContainsAnyExcept((byte)0))
                {
                    await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    file.Seek(count, SeekOrigin.Current);
                }

                hash.AppendData(buffer, 0, count);
                progress.Add(count);
            }
        }

        if (file.Length < file.Position)
        {
            file.SetLength(file.Position);
        }

        string came = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (came != Hex(entry.Digest))
        {
            File.Delete(part);
            throw new CliException(
                $"what came of {address} has the digest {came[..12]}, not {Output.Format.ShortId(entry.Digest)}: it was changed meanwhile, or on the way", "get it again; slipway verify re-reads what is stored");
        }
    }

    private async Task MakeLinkAsync(DataAddress address, string path, CancellationToken cancellationToken)
    {
        using MemoryStream text = new();
        using (Stream body = await context.Client.GetFileAsync(address.ToFile(), 0, cancellationToken).ConfigureAwait(false))
        {
            await body.CopyToAsync(text, cancellationToken).ConfigureAwait(false);
        }

        string target = Encoding.UTF8.GetString(text.ToArray());
        if (new FileInfo(path).LinkTarget == target)
        {
            return;
        }

        ThrowIfInTheWay(path);
        File.Delete(path);
        File.CreateSymbolicLink(path, target);
    }

    private void ThrowIfInTheWay(string path)
    {
        if (!overwrite && (Path.Exists(path) || new FileInfo(path).LinkTarget is not null))
        {
            throw new CliException($"{path} exists already, with other content", "add --force to overwrite, or choose another name with -o");
        }
    }

    private static string Hex(string digest) => digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
