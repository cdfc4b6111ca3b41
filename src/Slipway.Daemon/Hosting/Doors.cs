using Microsoft.AspNetCore.Builder;
using Slipway.Content;
using Slipway.Daemon.Api;
using Slipway.Daemon.Collection;
using Slipway.Daemon.Registry;
using Slipway.Daemon.Registry.Access;
using Slipway.Daemon.Registry.Proxying;
using Slipway.Daemon.Registry.Uploads;
using Slipway.Daemon.S3;
using Slipway.Daemon.S3.Buckets;
using Slipway.Daemon.S3.Keys;
using Slipway.Daemon.S3.Listing;
using Slipway.Daemon.S3.Multipart;
using Slipway.Daemon.S3.Objects;
using Slipway.Daemon.S3.Signing;
using Slipway.Images.Client;

namespace Slipway.Daemon.Hosting;

/// <summary>The doors that a daemon opens, each over the rooms that it needs.</summary>
internal static class Doors
{
    public static void Map(WebApplication app, Rooms rooms, CancellationTokenSource stopping)
    {
        CommitWriter writer = new(rooms.Repos, rooms.Commits);
        OpenCommits open = new(rooms.Metadata, rooms.Repos, rooms.Commits);
        new ServerDoor(rooms, stopping).Map(app);
        new ImagesDoor(rooms.Images, rooms.Referrers, rooms.Engine, rooms.Pipelines, rooms.Layers, rooms.Unpacked, rooms.Collections).Map(app);
        new ImageArchiveDoor(new(rooms.Images, rooms.Blobs), new(rooms.Repositories, rooms.Blobs)).Map(app);
        new ReferrersDoor(rooms.Images, rooms.Referrers, rooms.Inventory, rooms.Layers).Map(app);
        new TransferDoor(rooms.Puller, rooms.Pusher, rooms.RegistryClient).Map(app);
        SharedCaches caches = new(rooms.Blobs, rooms.Puller, rooms.Pusher, rooms.RegistryClient, rooms.Time);
        new BuildDoor(rooms.Builder, new(rooms.Builder, rooms.Blobs), rooms.Images, rooms.ImageFiles, rooms.Folders, rooms.Layers, rooms.Puller, rooms.RegistryClient, caches).Map(app);
        new ContainersDoor(rooms.Engine, rooms.Images).Map(app);
        new ContainerStreamsDoor(rooms.Engine, rooms.Images).Map(app);
        new ReposDoor(rooms.Repos, rooms.Commits, rooms.Pipelines).Map(app);
        new BranchesDoor(rooms.Repos, rooms.Branches, rooms.Tags, rooms.Transactions, rooms.Time).Map(app);
        new HistoryDoor(rooms.Dropper, rooms.Squasher, rooms.Renamer, open).Map(app);
        new TransactionsDoor(rooms.Transactions).Map(app);
        new MergesDoor(rooms.Merger).Map(app);
        new CommitsDoor(rooms.Repos, rooms.Commits, rooms.Transactions, open).Map(app);
        new FilesDoor(rooms.Commits, rooms.Contents, writer).Map(app);
        new DiffDoor(rooms.Commits, rooms.Contents).Map(app);
        new FilesEditDoor(rooms.Commits, rooms.Contents, writer).Map(app);
        new FilesHistoryDoor(rooms.Commits, rooms.Contents).Map(app);
        new LocalFilesDoor(rooms.Commits, rooms.Contents, writer, rooms.FolderReader).Map(app);
        new LocalGetDoor(rooms.Commits, rooms.Contents).Map(app);
        new WorktreeDoor(rooms.Commits, rooms.Repos, rooms.Contents, rooms.FolderReader).Map(app);
        new FilesTarDoor(rooms.Commits, rooms.Contents, writer).Map(app);
        new PipelinesDoor(rooms.Pipelines, rooms.Jobs, rooms.ImageNames).Map(app);
        new JobsDoor(rooms.Jobs, rooms.Pipelines, rooms.Commits, rooms.Scheduler, rooms.Contents).Map(app);
        new LineageDoor(rooms.Lineage, rooms.Contents).Map(app);
        new GraphDoor(rooms.Repos, rooms.Commits, rooms.Pipelines, rooms.Jobs).Map(app);
        new CollectionDoor(rooms.Collector, rooms.Unpacked, rooms.Time).Map(app);
        new VerificationDoor(rooms.Verifier, rooms.Commits, rooms.Blobs, rooms.FolderReader).Map(app);
        new UsageDoor(rooms.Usage, rooms.Commits).Map(app);
        new StoreRoomDoor(new StoreRoom(rooms, rooms.Roots), rooms.Builder.CacheMounts).Map(app);
        new PurgeDoor(rooms.Purger, rooms.Purges, rooms.Purged).Map(app);
        new RetentionDoor(rooms.Retention).Map(app);
        new DataProjectsDoor(rooms.Projects).Map(app);
        new KeysDoor(new AccessKeyStore(rooms.Metadata, rooms.Time)).Map(app);
        new ProjectsDoor(rooms.Repos, rooms.Images, rooms.Pipelines).Map(app);
    }

    /// <summary>The registries that ours is a cache of; null where there are none.</summary>
    public static PullThrough? Upstreams(Rooms rooms, RegistryOptions options)
    {
        if (options.Proxy.Upstreams.IsEmpty)
        {
            return null;
        }

        UpstreamRegistry upstream = new(options.Proxy.Upstreams, options.Proxy.Logins, RegistryClient.Open(rooms.Time), rooms.Time);
        BlobFetches fetches = new(upstream, rooms.Repositories, rooms.Blobs, rooms.Leases);
        ProxiedTagStore tags = new(rooms.Metadata);
        ProxiedManifestStore manifests = new(rooms.Metadata, rooms.Time);
        CacheExpiry expiry = new(
            rooms.Repositories, tags, manifests, options.Proxy.Keep, (manifest, stop) => IsUsedAsync(rooms, manifest, stop), rooms.Collections.Ask, rooms.Time);
        expiry.Start();
        return new PullThrough(upstream, rooms.Repositories, tags, manifests, rooms.Blobs, fetches, expiry);
    }

    /// <summary>Who passes from the TCP port, and S3 and the registry behind it.</summary>
    public static TcpGate Gate(Rooms rooms, RegistryOptions options, PullThrough? upstreams)
    {
        AccessKeyStore keys = new(rooms.Metadata, rooms.Time);
        S3Buckets buckets = new(rooms.Repos, rooms.Branches, rooms.Commits);
        FolderMarkers markers = new(rooms.Metadata);
        S3Objects objects = new(rooms.Commits, rooms.Contents, buckets, new ObjectMetadataStore(rooms.Metadata, rooms.Projects), markers);
        MultipartVerbs multipart = new(new UploadStore(rooms.Metadata, rooms.Time), objects, rooms.Contents, rooms.Time);
        return new TcpGate(
            keys, new S3Door(new SignatureCheck(keys, rooms.Time), buckets, new BucketListing(rooms.Contents, markers), objects, multipart), Registry(rooms, keys, options, upstreams));
    }

    /// <summary>Whether a container or a pipeline runs the image of a manifest.</summary>
    private static async ValueTask<bool> IsUsedAsync(Rooms rooms, Digest manifest, CancellationToken cancellationToken) =>
        rooms.Engine.List(all: true).Any(container => container.Spec.Image.Digest == manifest)
        || (await rooms.Pipelines.ListAsync(cancellationToken)).Any(pipeline => pipeline.Image.Manifest == manifest);

    private static RegistryDoor Registry(Rooms rooms, AccessKeyStore keys, RegistryOptions options, PullThrough? upstreams)
    {
        UploadVerbs uploads = new(rooms.Repositories, new BlobUploadStore(rooms.Metadata, rooms.Time), rooms.Blobs);
        ManifestVerbs manifests = new(rooms.Repositories, rooms.Blobs, (manifest, stop) => IsUsedAsync(rooms, manifest, stop), rooms.Collections.Ask, upstreams);
        TokenIssuer tokens = new(rooms.Time);
        RegistryGate gate = new(keys, tokens, options.Anonymous);
        return new RegistryDoor(gate, new TokenVerbs(gate, tokens), manifests, new BlobVerbs(rooms.Repositories, rooms.Blobs, upstreams), uploads, new ListVerbs(rooms.Repositories, upstreams?.Lists));
    }
}
