using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images;
using Slipway.Images.Layers;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>
/// Image layers as directories, in overlayfs's form, each under the chain id of its stack: <c>&lt;directory&gt;/&lt;chain id&gt;/fs</c>. A snapshot is
/// written once and never changed. One process uses a directory at a time; all members are safe to call from many threads. A large layer is a
/// layer mount (<see cref="LayerMounts"/>): then <c>fs</c> is where its tar is mounted, from the first use in a process to the store's end.
/// </summary>
/// <remarks>
/// Crash safety: a snapshot is made in <c>tmp</c> and renamed into place. It is synced to the disk afterwards, off everybody's way; until then
/// it carries the name of the boot that made it, and after a power cut (another boot) it is not trusted but unpacked again.
/// </remarks>
public sealed class SnapshotStore : IAsyncDisposable
{
    private const string Content = "fs";
    private const string UnsyncedMark = "unsynced";
    private const string HidesMark = "hides-all-below";

    /// <summary>Below it the files that a step made are its snapshot: to mount their tar and to delete them would cost more than the room they take.</summary>
    private const long LeastRemade = 16 << 20;

    private readonly string _directory;
    private readonly string _temporary;
    private readonly long _leastRemade;
    private readonly IBlobStore _blobs;
    private readonly LayerMounts _mounts;
    private readonly Lazy<string> _boot;
    private readonly ConcurrentDictionary<Digest, Lazy<Task>> _unpacking = new();
    private readonly ConcurrentDictionary<string, int> _users = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _syncing = new(1, 1);
    private readonly ConcurrentDictionary<Task, bool> _background = new();

    /// <param name="directory">Made where it is absent. On the file system of every upper directory that is committed.</param>
    public SnapshotStore(string directory, IBlobStore blobs)
        : this(directory, blobs, LayerMounts.LeastBytes, LeastRemade)
    {
    }

    /// <param name="leastMounted">Layers of fewer bytes are unpacked.</param>
    /// <param name="leastRemade">Layers of a step of fewer bytes stay the files that it made.</param>
    internal SnapshotStore(string directory, IBlobStore blobs, long leastMounted, long leastRemade = LeastRemade)
    {
        _leastRemade = leastRemade;
        _directory = Path.GetFullPath(directory);
        _temporary = Path.Combine(_directory, "tmp");
        _blobs = blobs;
        _mounts = new LayerMounts(blobs, leastMounted, Path.Combine(_temporary, "probe"));
        _boot = new Lazy<string>(Recover);
    }

    /// <summary>Told, once, why layers are not mounted here but unpacked, where it is so.</summary>
    public Action<string>? OnUnpacking
    {
        init => _mounts.OnRefusal = value;
    }

    /// <summary>Unpacks or mounts all layers of <paramref name="image"/> that are missing and names the directories to stack.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>: a layer's blob is not stored; <see cref="ErrorKind.Corrupt"/>: a layer is not what the image's config says;
    /// <see cref="ErrorKind.InvalidArgument"/>: a layer's tar is hostile or damaged; <see cref="ErrorKind.OutOfSpace"/>.
    /// </exception>
    public ValueTask<Rootfs> PrepareAsync(Image image, CancellationToken cancellationToken) => PrepareAsync(image, image.Layers.Length, cancellationToken);

    /// <summary>As the other form, for the lowest <paramref name="layerCount"/> layers; 0 is an empty root.</summary>
    public async ValueTask<Rootfs> PrepareAsync(Image image, int layerCount, CancellationToken cancellationToken)
    {
        _ = _boot.Value;
        if (layerCount == 0)
        {
            string empty = Path.Combine(_directory, "empty");
            Directory.CreateDirectory(empty);
            return new Rootfs([empty]);
        }

        List<string> lower = [];
        Digest? chain = null;
        foreach (Layer layer in image.Layers.Take(layerCount))
        {
            chain = ChainId.Of(chain, layer.DiffId);
            string target = PathOf(chain.Value);
            if (!Directory.Exists(target) || !_mounts.IsReady(target))
            {
                await UnpackOnceAsync(chain.Value, layer, [.. lower], cancellationToken);
            }

            if (File.Exists(Path.Combine(target, HidesMark)))
            {
                lower.Clear();
            }

            lower.Insert(0, Path.Combine(target, Content));
        }

        return new Rootfs([.. lower]);
    }

    /// <summary>
    /// Stores what an overlay's upper directory holds as a deterministic layer on top of <paramref name="parentChainId"/> (null: on nothing), and
    /// makes it the snapshot of the new chain id: the directory itself, by rename, or a mount of the new blob, where that is large. Times later than
    /// <paramref name="clampTo"/> become it, on the disk as well. The overlay is unmounted; afterwards the directory is gone.
    /// </summary>
    /// <param name="elsewhere">By inode of a file in the directory that has its length alone: what opens the content. There is then no snapshot but the mount.</param>
    public async ValueTask<Layer> CommitAsync(
        Digest? parentChainId,
        string upperDirectory,
        DateTimeOffset clampTo,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<ulong, Func<SafeFileHandle>>? elsewhere = null)
    {
        elsewhere ??= ImmutableDictionary<ulong, Func<SafeFileHandle>>.Empty;
        _ = _boot.Value;
        UnixTime clamp = UnixTime.From(clampTo);
        Layer layer = await LayerWriter.StoreAsync(
            _blobs, writer => new UpperLayer(writer, clamp, elsewhere, cancellationToken).Write(upperDirectory), cancellationToken);
        Digest chain = ChainId.Of(parentChainId, layer.DiffId);
        string target = PathOf(chain);
        bool isThere = Directory.Exists(target) || (layer.Descriptor.Size >= _leastRemade && await TryMountCommittedAsync(layer, upperDirectory, target));

        // What has content elsewhere is no snapshot; where it cannot be mounted, who needs it unpacks it from the blob.
        if (isThere || elsewhere.Count > 0)
        {
            string useless = Path.Combine(_temporary, $"gone-{Guid.NewGuid():n}");
            Directory.Move(upperDirectory, useless);
            InBackground(Task.Run(() => DirectoryTree.Delete(useless), CancellationToken.None));
            return layer;
        }

        string made = NewTemporary();
        try
        {
            Directory.Move(upperDirectory, Path.Combine(made, Content));
        }
        catch (IOException fault)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition,
                $"'{upperDirectory}' cannot become a snapshot in '{_directory}': {fault.Message}",
                "Keep the engine's and the snapshots' directories on one file system.",
                fault);
        }

        Publish(made, target);
        return layer;
    }

    /// <summary>Removes the snapshots of all other chain ids, but those that a container uses or that are being unpacked.</summary>
    public async ValueTask RemoveUnusedAsync(IReadOnlySet<Digest> keepChainIds, CancellationToken cancellationToken)
    {
        _ = _boot.Value;
        foreach (string path in Directory.EnumerateDirectories(_directory))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!Digest.TryParseHex(Path.GetFileName(path), out Digest chain)
                || keepChainIds.Contains(chain) || _users.ContainsKey(Path.Combine(path, Content)) || _unpacking.ContainsKey(chain))
            {
                continue;
            }

            string doomed = Path.Combine(_temporary, $"gone-{Guid.NewGuid():n}");
            Directory.Move(path, doomed);
            _mounts.Unmount(path, now: doomed);
            await Task.Run(() => DirectoryTree.Delete(doomed), cancellationToken);
        }
    }

    /// <summary>Waits until every snapshot is on the disk, and takes the layer mounts away; containers that run keep theirs.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_background.Keys);
        _mounts.Dispose();
        _syncing.Dispose();
    }

    /// <summary>Keeps the directories of <paramref name="rootfs"/> from <see cref="RemoveUnusedAsync"/> until the result is disposed.</summary>
    internal IDisposable Use(Rootfs rootfs)
    {
        foreach (string directory in rootfs.LowerDirectories)
        {
            _users.AddOrUpdate(directory, 1, (_, count) => count + 1);
        }

        return new Usage(this, rootfs.LowerDirectories);
    }

    /// <summary>The directories that an image's layers have, or will have once they are unpacked.</summary>
    internal Rootfs Locate(Image image) =>
        new([.. Enumerable.Range(1, image.Layers.Length).Reverse().Select(count => Path.Combine(PathOf(image.ChainId(count)), Content))]);

    private string PathOf(Digest chain) => Path.Combine(_directory, chain.Hex);

    private string NewTemporary()
    {
        string path = Path.Combine(_temporary, Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(path);
        return path;
    }

    private async Task UnpackOnceAsync(Digest chain, Layer layer, ImmutableArray<string> lower, CancellationToken cancellationToken)
    {
        Lazy<Task> unpack = _unpacking.GetOrAdd(chain, _ => new Lazy<Task>(() => Task.Run(() => UnpackAsync(chain, layer, lower))));
        try
        {
            // The work is shared by all who wait for it, so that one who gives up does not stop it for the others.
            await unpack.Value.WaitAsync(cancellationToken);
        }
        finally
        {
            if (unpack.Value.IsCompleted)
            {
                _unpacking.TryRemove(new(chain, unpack));
            }
        }
    }

    private async Task UnpackAsync(Digest chain, Layer layer, ImmutableArray<string> lower)
    {
        string target = PathOf(chain);
        if (Directory.Exists(target))
        {
            if (await _mounts.TryMountAsync(target, layer.DiffId))
            {
                return;
            }

            // Its tar is gone with the blob, or this kernel does not mount what another did: it is made again from the layer that there is.
            string useless = Path.Combine(_temporary, $"gone-{Guid.NewGuid():n}");
            Directory.Move(target, useless);
            DirectoryTree.Delete(useless);
        }

        string made = NewTemporary();
        try
        {
            string content = Path.Combine(made, Content);
            Directory.CreateDirectory(content);
            bool hidesAllBelow = await _mounts.TryMakeAsync(made, layer, lower) ?? await ExtractAsync(content, layer, lower);
            if (hidesAllBelow)
            {
                File.WriteAllBytes(Path.Combine(made, HidesMark), []);
            }
        }
        catch (SlipwayException)
        {
            DirectoryTree.Delete(made);
            throw;
        }

        Publish(made, target);
    }

    private async ValueTask<bool> ExtractAsync(string content, Layer layer, ImmutableArray<string> lower)
    {
        // The store checks a plain layer as it is read; of a compressed one the tar within is checked, and with it the blob.
        bool isPlain = layer.Descriptor.Digest == layer.DiffId;
        await using Stream blob = isPlain
            ? await _blobs.OpenAsync(layer.Descriptor.Digest, CancellationToken.None)
            : await _blobs.OpenTrustingAsync(layer.Descriptor.Digest, CancellationToken.None);
        HashingStream? tar = isPlain ? null : new(LayerDecompression.Open(blob).Tar);
        using LayerExtractor extractor = new(content, lower);
        using LayerReader reader = LayerReader.OfTar(tar ?? blob);
        extractor.Extract(reader, CancellationToken.None);
        if (isPlain)
        {
            // To its last byte, at which the store throws where they are not the layer's.
            await blob.CopyToAsync(Stream.Null);
        }

        if (tar?.Finish(CancellationToken.None) is { } actual)
        {
            LayerMounts.ThrowIfOther(layer, actual);
        }

        return extractor.HidesEverythingBelow;
    }

    private void Publish(string made, string target)
    {
        File.WriteAllText(Path.Combine(made, UnsyncedMark), _boot.Value);
        try
        {
            Directory.Move(made, target);
            _mounts.Moved(made, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            // Another build has made the same bytes meanwhile.
            _mounts.Unmount(made, now: made);
            DirectoryTree.Delete(made);
            return;
        }

        InBackground(Task.Run(() => SyncAsync(target)));
    }

    private void InBackground(Task work)
    {
        _background[work] = true;
        _ = work.ContinueWith(done => _background.TryRemove(done, out _), TaskScheduler.Default);
    }

    /// <summary>Mounts a layer over the blob that it has just become, so that the files it was written from need not be kept beside it.</summary>
    private async ValueTask<bool> TryMountCommittedAsync(Layer layer, string upperDirectory, string target)
    {
        string made = NewTemporary();
        Directory.CreateDirectory(Path.Combine(made, Content));

        // A tar that we wrote names every parent, and nothing of the layers below; only its root is not in it.
        if (await _mounts.TryMakeAsync(made, layer, lower: [upperDirectory]) is not { } hidesAllBelow)
        {
            DirectoryTree.Delete(made);
            return false;
        }

        if (hidesAllBelow)
        {
            File.WriteAllBytes(Path.Combine(made, HidesMark), []);
        }

        Publish(made, target);
        return true;
    }

    private async Task SyncAsync(string target)
    {
        await _syncing.WaitAsync();
        try
        {
            string mark = Path.Combine(target, UnsyncedMark);
            if (File.Exists(mark))
            {
                using SafeFileHandle directory = Libc.Open(_directory, OpenFlags.Directory);
                Libc.Syncfs(directory, _directory);
                File.Delete(mark);
            }
        }
        catch (IOException)
        {
            // The mark stays: after a power cut the snapshot is made again. Nothing else depends on the sync.
        }
        finally
        {
            _syncing.Release();
        }
    }

    /// <summary>Removes what a killed process or a power cut left half-made; gives this boot's name.</summary>
    private string Recover()
    {
        Directory.CreateDirectory(_directory);
        LayerMounts.UnmountLeftovers(_directory, _temporary);
        DirectoryTree.Delete(_temporary);
        Directory.CreateDirectory(_temporary);
        string boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        foreach (string path in Directory.EnumerateDirectories(_directory))
        {
            string mark = Path.Combine(path, UnsyncedMark);
            if (File.Exists(mark) && File.ReadAllText(mark) != boot)
            {
                DirectoryTree.Delete(path);
            }
        }

        return boot;
    }

    private sealed class Usage(SnapshotStore store, ImmutableArray<string> directories) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) != 0)
            {
                return;
            }

            foreach (string directory in directories)
            {
                int left = store._users.AddOrUpdate(directory, 0, (_, count) => count - 1);
                if (left <= 0)
                {
                    store._users.TryRemove(new(directory, left));
                }
            }
        }
    }
}
