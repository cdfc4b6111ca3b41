using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images;
using Slipway.Images.Layers;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>
/// Snapshots that are not unpacked: an EROFS image of the layer's names and attributes (<c>layer.erofs</c>) whose files are runs of the layer's tar, mounted read-only at
/// <c>fs</c>. The tar is the blob's own file; where the store has none (a compressed layer) it stands beside the image, as <c>layer.tar</c>. What cannot be done in this way,
/// by this kernel or with this layer, is to be unpacked.
/// </summary>
/// <param name="leastBytes">Layers whose blob has fewer bytes are unpacked.</param>
/// <param name="probePlace">Where it is tried once whether the kernel can; absent before and afterwards.</param>
internal sealed class LayerMounts(IBlobStore blobs, long leastBytes, string probePlace) : IDisposable
{
    /// <summary>Below it, unpacking is as fast as mounting, and the blob is mostly in a pack.</summary>
    public const long LeastBytes = 1 << 20;

    private const string Content = "fs";
    private const string Image = "layer.erofs";
    private const string Tar = "layer.tar";
    private const int CopyBuffer = 1 << 20;

    private readonly ConcurrentDictionary<string, bool> _mounted = new(StringComparer.Ordinal);
    private readonly Lazy<string?> _refusal = new(() => LayerMountProbe.Run(probePlace));
    private int _told;

    /// <summary>Told, once, why no layer is mounted.</summary>
    public Action<string>? OnRefusal { get; set; }

    /// <summary>Whether a snapshot that is there can be read: it was unpacked, or is mounted by this process.</summary>
    public bool IsReady(string snapshot) => _mounted.ContainsKey(snapshot) || !File.Exists(Path.Combine(snapshot, Image));

    /// <summary>Makes a new snapshot a layer mount, mounted at once.</summary>
    /// <param name="made">The snapshot's directory, in which <c>fs</c> is and is empty.</param>
    /// <param name="lower">The layers below, topmost first.</param>
    /// <returns>Whether the layer hides all below it; null where it is to be unpacked: the directory is then as it was.</returns>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.Corrupt"/>: the blob, or the tar in it, is not what the image says.</exception>
    public async ValueTask<bool?> TryMakeAsync(string made, Layer layer, IEnumerable<string> lower)
    {
        if (layer.Descriptor.Size < leastBytes || !IsPossible())
        {
            return null;
        }

        string image = Path.Combine(made, Image), copy = Path.Combine(made, Tar);
        try
        {
            using SafeFileHandle tar = await OpenTarAsync(layer) ?? await CopyTarAsync(layer, copy);
            LayerTree tree = ReadTree(tar, lower);
            using (FileStream output = new(image, FileMode.CreateNew, FileAccess.Write, FileShare.None, CopyBuffer))
            {
                Span<byte> identity = stackalloc byte[Digest.Size];
                layer.DiffId.CopyTo(identity);
                ErofsImage.Write(output, tree.Root, RandomAccess.GetLength(tar), identity);
            }

            Mount(image, tar, Path.Combine(made, Content));
            _mounted[made] = true;
            return tree.HidesEverythingBelow;
        }
        catch (Exception odd) when (odd is OddLayerException or IOException or InvalidDataException or SlipwayException { Kind: ErrorKind.InvalidArgument })
        {
            // Whatever it is, unpacking does it, or fails and says why.
            File.Delete(image);
            File.Delete(copy);
            return null;
        }
    }

    /// <summary>Mounts a snapshot that an earlier process has made, unless that is done or it is an unpacked one.</summary>
    /// <returns>False: it cannot be mounted any more, and is to be made again.</returns>
    public async ValueTask<bool> TryMountAsync(string snapshot, Digest diffId)
    {
        if (IsReady(snapshot))
        {
            return true;
        }

        string image = Path.Combine(snapshot, Image), copy = Path.Combine(snapshot, Tar);
        try
        {
            // Not digested again: the bytes were when the snapshot was made, as an unpacked one's were.
            using SafeFileHandle? tar = File.Exists(copy) ? Libc.Open(copy, OpenFlags.ReadOnly) : await blobs.TryOpenFileAsync(diffId, verify: false, CancellationToken.None);
            if (tar is null || RandomAccess.GetLength(tar) != LengthFor(image))
            {
                return false;
            }

            Mount(image, tar, Path.Combine(snapshot, Content));
            _mounted[snapshot] = true;
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Says that a snapshot has another path; its mount went with it.</summary>
    public void Moved(string from, string to)
    {
        if (_mounted.TryRemove(from, out _))
        {
            _mounted[to] = true;
        }
    }

    /// <summary>Takes a snapshot's mount away, if it has one; who reads it meanwhile keeps it.</summary>
    /// <param name="now">The path that the snapshot has now.</param>
    public void Unmount(string snapshot, string now)
    {
        if (_mounted.TryRemove(snapshot, out _))
        {
            Libc.Unmount(Path.Combine(now, Content));
        }
    }

    public void Dispose()
    {
        foreach (string snapshot in _mounted.Keys)
        {
            Unmount(snapshot, now: snapshot);
        }
    }

    /// <summary>Takes away what a process has left mounted that was killed in this mount namespace. (The server's own namespace goes with it.)</summary>
    public static void UnmountLeftovers(params IEnumerable<string> directories)
    {
        foreach (string snapshot in directories.Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories).Where(path => File.Exists(Path.Combine(path, Image))))
        {
            while (Libc.Unmount(Path.Combine(snapshot, Content)))
            {
            }
        }
    }

    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: the tar in a layer's blob is not the one that the image names.</exception>
    public static void ThrowIfOther(Layer layer, Digest actual)
    {
        if (actual != layer.DiffId)
        {
            throw new SlipwayException(
                ErrorKind.Corrupt, $"layer {layer.Descriptor.Digest} holds the tar {actual}, not {layer.DiffId} as the image's config says", "Import, build or pull the image again.");
        }
    }

    /// <summary>Mounts an image with its tar; by handle, so that no path can be taken for an option.</summary>
    internal static void Mount(string image, SafeFileHandle tar, string target)
    {
        using SafeFileHandle metadata = Libc.Open(image, OpenFlags.ReadOnly);
        Libc.Mount(
            $"/proc/self/fd/{metadata.DangerousGetHandle()}", target, "erofs", MountFlags.ReadOnly, $"device=/proc/self/fd/{tar.DangerousGetHandle()}");
    }

    internal static LayerTree ReadTree(SafeFileHandle tar, IEnumerable<string> lower)
    {
        using LowerLayers below = new(lower);
        using LayerReader reader = LayerReader.OfHeaders(new FileStream(Libc.Open($"/proc/self/fd/{tar.DangerousGetHandle()}", OpenFlags.ReadOnly), FileAccess.Read, bufferSize: 0));
        return LayerTree.Read(reader, below);
    }

    private bool IsPossible()
    {
        if (_refusal.Value is not { } why)
        {
            return true;
        }

        if (Interlocked.Exchange(ref _told, 1) == 0)
        {
            OnRefusal?.Invoke(why);
        }

        return false;
    }

    // The tar that a config names is not taken from the store for a layer of other bytes: whoever wrote the config may know no more of it than its digest.
    private async ValueTask<SafeFileHandle?> OpenTarAsync(Layer layer) =>
        layer.Descriptor.Digest == layer.DiffId ? await blobs.TryOpenFileAsync(layer.DiffId, verify: true, CancellationToken.None) : null;

    private async ValueTask<SafeFileHandle> CopyTarAsync(Layer layer, string path)
    {
        await using Stream blob = await blobs.OpenTrustingAsync(layer.Descriptor.Digest, CancellationToken.None);
        await using HashingStream tar = new(LayerDecompression.Open(blob).Tar);
        await using (FileStream copy = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            tar.CopyTo(copy, CopyBuffer);
        }

        ThrowIfOther(layer, tar.Finish(CancellationToken.None));
        return Libc.Open(path, OpenFlags.ReadOnly);
    }

    private static long LengthFor(string image)
    {
        Span<byte> head = stackalloc byte[ErofsFormat.FirstInode];
        using FileStream file = new(image, FileMode.Open, FileAccess.Read);
        file.ReadExactly(head);
        return ErofsFormat.TarBytes(head);
    }
}
