using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Composed;
using Slipway.Content.Blobs.Packs;
using Slipway.Linux;

namespace Slipway.Content.Blobs;

/// <summary>
/// The files of another blob store, read as docs/format.md says without taking its lock: a replica, a backup, the store of a server that runs.
/// Nothing is written there. Whoever takes bytes from here digests them before believing them.
/// </summary>
public sealed class BlobFolder : IDisposable
{
    private readonly string _loose;
    private readonly string _composed;
    private readonly List<(SafeFileHandle File, IReadOnlyDictionary<Digest, PackSlot>? Slots, PackIndex? Index)> _packs = [];

    private BlobFolder(string root) => (_loose, _composed) = (Path.Combine(root, "loose"), Path.Combine(root, "composed"));

    /// <summary>Opens a home, or a blob store's own folder.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: it is neither.</exception>
    public static BlobFolder Open(string path)
    {
        string[] candidates = [path, Path.Combine(path, "blobs")];
        string root = candidates.FirstOrDefault(candidate => Directory.Exists(Path.Combine(candidate, "packs")))
            ?? throw new SlipwayException(ErrorKind.InvalidArgument, $"{path} is no home and no blob store of slipway", "Name a SLIPWAY_HOME, or the folder blobs/ in one.");
        BlobFolder folder = new(root);
        foreach (string pack in Directory.EnumerateFiles(Path.Combine(root, "packs"), "*.pack"))
        {
            folder.Add(pack);
        }

        return folder;
    }

    /// <summary>A blob's bytes as they stand there, or null.</summary>
    public Stream? TryOpen(Digest digest)
    {
        string hex = digest.Hex;
        string path = Path.Combine(_loose, hex[..2], hex);
        if (File.Exists(path))
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }

        string recipe = Path.Combine(_composed, hex[..2], hex);
        if (File.Exists(recipe) && Recipe.Decode(File.ReadAllBytes(recipe)) is { } parts)
        {
            return new ComposedStream(digest, parts, source => TryOpen(source) ?? throw new IOException($"{recipe} wants blob {source}, which is not there"), isChecked: false);
        }

        foreach ((SafeFileHandle file, IReadOnlyDictionary<Digest, PackSlot>? slots, PackIndex? index) in _packs)
        {
            PackSlot slot = default;
            bool found = index?.TryFind(digest, out slot) ?? slots!.TryGetValue(digest, out slot);
            if (found && PackReader.TryReadVerified(file, digest, slot) is { } content)
            {
                return new MemoryStream(content, writable: false);
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((SafeFileHandle file, _, PackIndex? index) in _packs)
        {
            index?.Dispose();
            file.Dispose();
        }
    }

    private void Add(string path)
    {
        long number = long.TryParse(Path.GetFileNameWithoutExtension(path), out long parsed) ? parsed : 0;
        SafeFileHandle file = Libc.Open(path, OpenFlags.ReadOnly);
        long length = RandomAccess.GetLength(file);
        PackIndex? index = PackIndex.TryOpen(SealedPack.IndexPath(path), number, length);
        _packs.Add((file, index is null ? new PackScanner(file, number, length).Scan(path).Slots : null, index));
    }
}
