using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images.Layers;

namespace Slipway.Images.Archives;

/// <summary>The files of an archive that has been read: the small ones that list its images as text, all others as blobs of the store.</summary>
internal sealed class ArchiveFiles
{
    private const int LargestText = 4 << 20;
    private const int MostLinks = 8;
    private const string BlobFolder = "blobs/sha256/";

    private readonly Dictionary<string, byte[]> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BlobInfo> _blobs = new(StringComparer.Ordinal);
    private readonly HashSet<Digest> _digests = [];
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);

    /// <summary>Reads to the end of the tar. Reads synchronously: call it from a worker.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not a whole tar; <see cref="ErrorKind.Corrupt"/>: a blob is not what its name says.</exception>
    public static async Task<ArchiveFiles> ReadAsync(Stream tar, IBlobStore blobs, CancellationToken cancellationToken)
    {
        ArchiveFiles files = new();
        using LayerReader reader = LayerReader.Open(tar);
        while (reader.Read() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (entry.Kind)
            {
                case LayerEntryKind.File when entry.Path is "index.json" or "manifest.json" or "oci-layout" or "repositories":
                    files._texts[entry.Path] = ReadText(entry);
                    break;
                case LayerEntryKind.File:
                    Digest? expected = entry.Path.StartsWith(BlobFolder, StringComparison.Ordinal) ? Digest.Parse("sha256:" + entry.Path[BlobFolder.Length..]) : null;
                    BlobInfo blob = await blobs.PutAsync(entry.Content, expected, cancellationToken);
                    files._blobs[entry.Path] = blob;
                    files._digests.Add(blob.Digest);
                    break;
                case LayerEntryKind.HardLink:
                    files._links[entry.Path] = entry.LinkTarget!;
                    break;
                case LayerEntryKind.Symlink:
                    // Docker wrote a layer that an earlier image has as a link to it: ../OTHER/layer.tar.
                    files._links[entry.Path] = Resolve(entry.Parent, entry.LinkTarget!);
                    break;
            }
        }

        return files;
    }

    /// <summary>Whether the archive brought a blob. What the store has besides may be somebody else's data.</summary>
    public bool Holds(Digest blob) => _digests.Contains(blob);

    /// <summary>A file that lists images; null where it is not there.</summary>
    public byte[]? FindText(string path) => _texts.GetValueOrDefault(path);

    /// <summary>The blob that a file became.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: there is no such file.</exception>
    public BlobInfo Find(string path)
    {
        string now = path;
        for (int links = 0; links < MostLinks && _links.TryGetValue(now, out string? target); links++)
        {
            now = target;
        }

        return _blobs.TryGetValue(now, out BlobInfo blob) ? blob
            : throw new SlipwayException(ErrorKind.InvalidArgument, $"the archive's manifest.json names '{path}', which the archive does not hold");
    }

    private static byte[] ReadText(LayerEntry entry)
    {
        if (entry.Size > LargestText)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the archive's {entry.Path} is larger than 4 MiB");
        }

        byte[] text = new byte[entry.Size];
        entry.Content.ReadExactly(text);
        return text;
    }

    /// <summary>By text, for it only looks up names of this archive.</summary>
    private static string Resolve(string folder, string target)
    {
        List<string> parts = target.StartsWith('/') ? [] : [.. folder.Split('/', StringSplitOptions.RemoveEmptyEntries)];
        foreach (string part in target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                parts.RemoveRange(Math.Max(0, parts.Count - 1), Math.Min(1, parts.Count));
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }
}
