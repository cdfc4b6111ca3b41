using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Content.Hashing;
using Slipway.Linux;

namespace Slipway.Build.Contexts;

/// <summary>
/// Digests what a COPY would read: names, kinds, permission bits, contents and link texts, never times or (of the context) owners. A file is
/// read once however many steps copy it; files are hashed side by side.
/// </summary>
internal sealed class TreeHasher(SourceTree tree, bool withOwners)
{
    private const int BufferSize = 256 << 10;

    private readonly ConcurrentDictionary<string, Digest> _files = new(StringComparer.Ordinal);

    /// <summary>The digest of an entry and all below it. The entry's own name is not part of it.</summary>
    public Digest HashOf(SourceEntry entry, CancellationToken cancellationToken) => HashOf(entry, null, cancellationToken);

    /// <summary>As the other form, of what the selection takes.</summary>
    public Digest HashOf(SourceEntry entry, Selection? selection, CancellationToken cancellationToken)
    {
        List<(string Relative, SourceEntry Entry)> found = [];
        Collect("", entry, selection, found);
        try
        {
            Parallel.ForEach(
                found.Where(item => item.Entry.Status.IsRegular && !_files.ContainsKey(item.Entry.Path)),
                new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount },
                item => _files[item.Entry.Path] = HashFile(item.Entry));
        }
        catch (AggregateException faults)
        {
            // One of them says why the step fails.
            ExceptionDispatchInfo.Throw(faults.InnerExceptions[0]);
        }

        using CanonicalDigest hasher = new("slipway-tree-1");
        foreach ((string relative, SourceEntry item) in found)
        {
            FileStatus status = item.Status;
            hasher.Add(relative).Add(status.IsSymlink ? 0xA1FF : status.Mode);
            if (withOwners)
            {
                hasher.Add(status.User).Add(status.Group);
            }

            if (status.IsRegular)
            {
                hasher.Add(_files[item.Path]);
            }
            else if (status.IsSymlink)
            {
                hasher.Add(tree.ReadLink(item.Path));
            }
            else if (status.IsCharacterDevice || status.IsBlockDevice)
            {
                hasher.Add((long)status.NodeDevice);
            }
        }

        return hasher.Finish();
    }

    // Sockets are never copied, so they are no content.
    private void Collect(string relative, SourceEntry entry, Selection? selection, List<(string, SourceEntry)> found)
    {
        if (entry.Status.IsSocket)
        {
            return;
        }

        found.Add((relative, entry));
        if (entry.Status.IsDirectory)
        {
            foreach (SourceEntry child in tree.List(entry.Path))
            {
                if (selection?.Takes(child.Path) != false)
                {
                    Collect(relative.Length == 0 ? child.Name : relative + "/" + child.Name, child, selection, found);
                }
            }
        }
    }

    private Digest HashFile(SourceEntry entry)
    {
        FileInPlace? inPlace = tree.InPlace?.Find(entry.Status.Inode);
        if (inPlace?.Digest is { } known)
        {
            return known;
        }

        Digest read = HashContent(entry.Path);
        if (inPlace is not null)
        {
            inPlace.Digest = read;
        }

        return read;
    }

    private Digest HashContent(string path)
    {
        using SafeFileHandle file = tree.OpenFile(path);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            long offset = 0;
            for (int read; (read = RandomAccess.Read(file, buffer, offset)) > 0; offset += read)
            {
                hash.AppendData(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }

        return new(hash.GetHashAndReset());
    }
}
