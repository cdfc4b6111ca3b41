using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Build.Cache.Shared;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images;
using Slipway.Images.Client;
using Slipway.Images.Repositories;

namespace Slipway.Daemon.Api;

/// <summary>Opens the shared caches that a build is told of.</summary>
internal sealed class SharedCaches(IBlobStore blobs, ImagePuller puller, ImagePusher pusher, RegistryClient client, TimeProvider time)
{
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.PermissionDenied"/>: a folder, and who asks is not the server's own user; <see cref="ErrorKind.InvalidArgument"/>: no reference.
    /// </exception>
    public async ValueTask<ImmutableArray<ISharedCache>> OpenAsync(HttpContext http, IEnumerable<SharedCacheOption> options, bool push)
    {
        ImmutableArray<ISharedCache>.Builder opened = ImmutableArray.CreateBuilder<ISharedCache>();
        foreach (SharedCacheOption option in options)
        {
            opened.Add(await OpenAsync(http, option, push));
        }

        return opened.ToImmutable();
    }

    private async ValueTask<ISharedCache> OpenAsync(HttpContext http, SharedCacheOption option, bool push)
    {
        if (option.Folder is { } folder)
        {
            // The server would read and write any folder that its own user may, so only that user may name one.
            return LocalPeer.IsOurUser(http) ? new FolderCache(blobs, Path.GetFullPath(folder), option.Tag) : throw new SlipwayException(
                ErrorKind.PermissionDenied, "a cache of type=local works only on the server's own machine, for the user that it runs as", "Share the cache by a registry: type=registry,ref=NAME");
        }

        ImageReference reference = ImageReference.Parse(option.Image ?? "");
        RegistryCredential? credential = option.User is { } user ? new(user, option.Password ?? "") : null;
        RegistryConnection connection = new(client, await client.FindAsync(reference.Domain, option.PlainHttp, http.RequestAborted), RepositoryName.Of(reference), credential, push);
        return new RegistryCache(connection, reference, puller, pusher, blobs, time);
    }
}
