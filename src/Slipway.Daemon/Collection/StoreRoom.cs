using Slipway.Build.Cache;
using Slipway.Build.Running;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;
using Slipway.Daemon.Hosting;
using Slipway.Data.Collection;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Engine;
using Slipway.Images;
using Slipway.Linux;
using Slipway.Pipelines.Jobs;

namespace Slipway.Daemon.Collection;

/// <summary>How much room one kind of thing takes.</summary>
/// <param name="Count">How many there are; null where they are not counted.</param>
/// <param name="Active">How many of them something uses now; null where that says nothing.</param>
/// <param name="Bytes">What they hold, each blob once; what two kinds share counts in both.</param>
/// <param name="Reclaimable">What could go without a loss that a build or a pull does not make good; null where a person must decide.</param>
internal sealed record RoomOf(string Kind, long? Count, long? Active, long Bytes, long? Reclaimable);

/// <summary>Measures what takes how much room in a home: images, the build cache, containers, data, logs, and what can be made again.</summary>
internal sealed class StoreRoom(Rooms rooms, IReadOnlyList<IRootSource> sources)
{
    /// <summary>Every kind, and at last the whole. Reads each folder and each tree once.</summary>
    public async Task<IReadOnlyList<RoomOf>> MeasureAsync(IReadOnlyList<CacheMountUse> mounts, CancellationToken cancellationToken)
    {
        Reach images = await ReachAsync(source => source is ImageRoots, null, cancellationToken);
        Reach steps = await ReachAsync(source => source is BuildCacheRoots, null, cancellationToken);
        Reach data = await ReachAsync(source => source.Name == CommitRoots.SourceName, null, cancellationToken);
        Reach answers = await ReachAsync(source => source.Name == JobRoots.SourceName, RootKind.Tree, cancellationToken);
        Reach logs = await ReachAsync(source => source.Name == JobRoots.SourceName, RootKind.Blob, cancellationToken);
        Reach others = await ReachAsync(
            source => source is not (ImageRoots or BuildCacheRoots) && source.Name != JobRoots.SourceName && source.Name != CommitRoots.SourceName, null, cancellationToken);
        (long stored, long unnamed, long unnamedCount) = await StoredAsync([images, steps, data, answers, logs, others], cancellationToken);
        List<RoomOf> kinds =
        [
            await OfImagesAsync(images, cancellationToken),
            new("build cache", steps.Roots, null, steps.Bytes, Beyond(steps, images)),
            new("cache mounts", mounts.Count, mounts.Count(mount => mount.IsHeld), mounts.Sum(mount => mount.Bytes), mounts.Where(mount => !mount.IsHeld).Sum(mount => mount.Bytes)),
            OfContainers(cancellationToken),
            new("data", (await rooms.Repos.ListAsync(cancellationToken)).Count, null, data.Bytes, null),
            new("outputs of datums", null, null, answers.Bytes, null),
            new("logs of datums", null, null, logs.Bytes, null),
            new("uploads and others", null, null, others.Bytes, null),
            new("nothing names", unnamedCount, null, unnamed, unnamed),
            Folder("unpacked layers", rooms.Home.Snapshots, withShared: true, cancellationToken),
            Folder("input cache", rooms.Home.Inputs, withShared: false, cancellationToken),
            Folder("scans", rooms.Home.Scans, withShared: true, cancellationToken),
            new("metadata", null, null, Metadata(), null),
            new("server log", null, null, Length(rooms.Home.LogFile), null),
        ];
        long besides = kinds.Where(kind => kind.Kind is "cache mounts" or "containers" or "unpacked layers" or "input cache" or "scans" or "metadata" or "server log").Sum(kind => kind.Bytes);
        return [.. kinds, new("all", null, null, stored + besides, null)];
    }

    private static RoomOf Folder(string kind, string path, bool withShared, CancellationToken cancellationToken)
    {
        long bytes = FolderSize.Of(path, cancellationToken, withShared);
        return new(kind, null, null, bytes, bytes);
    }

    private async Task<RoomOf> OfImagesAsync(Reach reach, CancellationToken cancellationToken)
    {
        HashSet<Digest> used = [.. rooms.Engine.List(all: true).Select(container => container.Spec.Image.Digest)];
        used.UnionWith((await rooms.Pipelines.ListAsync(cancellationToken)).Select(pipeline => pipeline.Image.Manifest));
        Image[] all = [.. (await rooms.Images.ListAsync(cancellationToken)).Select(tagged => tagged.Image).DistinctBy(image => image.Digest)];
        TreeReach active = new();
        foreach (Image image in all.Where(image => used.Contains(image.Digest)))
        {
            foreach (Digest digest in (Digest[])[image.Digest, image.ConfigDigest, .. image.Layers.Select(layer => layer.Descriptor.Digest)])
            {
                active.AddBlob(new BlobInfo(digest, 0));
            }
        }

        return new("images", all.Length, all.Count(image => used.Contains(image.Digest)), reach.Bytes, reach.Blobs.Where(blob => !active.Contains(blob.Digest)).Sum(blob => blob.Size));
    }

    private RoomOf OfContainers(CancellationToken cancellationToken)
    {
        long bytes = 0, ended = 0;
        IReadOnlyList<ContainerInfo> all = rooms.Engine.List(all: true);
        foreach (ContainerInfo container in all)
        {
            long size = FolderSize.Of(Path.GetDirectoryName(rooms.Engine.UpperDirectory(container.Id))!, cancellationToken);
            bytes += size;
            ended += container.Status == ContainerStatus.Running ? 0 : size;
        }

        return new("containers", all.Count, all.Count(container => container.Status == ContainerStatus.Running), bytes, ended);
    }

    private long Metadata() => new[] { "", "-wal", "-shm" }.Sum(suffix => Length(rooms.Home.Metadata + suffix));

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static long Beyond(Reach some, Reach others) => some.Blobs.Where(blob => !others.Met.Contains(blob.Digest)).Sum(blob => blob.Size);

    private async Task<(long Stored, long Unnamed, long Count)> StoredAsync(Reach[] owners, CancellationToken cancellationToken)
    {
        long stored = 0, unnamed = 0, count = 0;
        await foreach (BlobInfo blob in rooms.Blobs.ListAsync(cancellationToken))
        {
            stored += blob.Size;
            if (!owners.Any(owner => owner.Met.Contains(blob.Digest)))
            {
                (unnamed, count) = (unnamed + blob.Size, count + 1);
            }
        }

        return (stored, unnamed, count);
    }

    private async Task<Reach> ReachAsync(Func<IRootSource, bool> of, RootKind? only, CancellationToken cancellationToken)
    {
        Reach reach = new();
        foreach (IRootSource source in sources.Where(of))
        {
            List<Root> roots = await rooms.Metadata.ReadAsync(async reader => await source.ReadAsync(reader, null, cancellationToken).ToListAsync(cancellationToken), cancellationToken);
            foreach (Root root in roots.Where(root => only is null || root.Kind == only))
            {
                reach.Roots++;
                IBlobStore store = root.Repo is { } repo ? rooms.Contents.Of(RepoName.Parse(repo)).Blobs : rooms.Blobs;
                if (root.Kind == RootKind.Tree)
                {
                    await reach.Met.AddTreeAsync(store, root.Digest, cancellationToken);
                }
                else if (!reach.Met.Contains(root.Digest) && await store.FindAsync(root.Digest, cancellationToken) is { } blob)
                {
                    reach.Met.AddBlob(blob);
                    reach.Blobs.Add(blob);
                }
            }
        }

        return reach;
    }

    /// <summary>What some sources name and reach.</summary>
    private sealed class Reach
    {
        public Reach() => Met = new TreeReach { Met = blob => Bytes += blob.Size, Unreadable = static (_, _) => { } };

        public TreeReach Met { get; }

        /// <summary>Those that are named themselves.</summary>
        public List<BlobInfo> Blobs { get; } = [];

        public long Bytes { get; private set; }

        public long Roots { get; set; }
    }
}
