using Microsoft.AspNetCore.Http;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images;
using Slipway.Images.Repositories;

namespace Slipway.Daemon.Registry.Proxying;

/// <summary>
/// A cache of upstream registries: what a client asks for and is not here is fetched, given to the client on its way, and kept. What was built, pushed or pulled
/// here goes before what the upstream has under the same name; a tag that came from the upstream moves when it moves there. While an upstream does not answer,
/// what is here is answered.
/// </summary>
/// <remarks>An image that a client takes a layer of is brought here whole, in the background, so that it is there without the upstream.</remarks>
internal sealed class PullThrough(
    UpstreamRegistry upstream, RepositoryStore repositories, ProxiedTagStore tags, ProxiedManifestStore manifests, IBlobStore blobs, BlobFetches fetches, CacheExpiry expiry)
    : IAsyncDisposable
{
    private readonly FetchedManifests _fetched = new();

    /// <summary>What upstreams list.</summary>
    public UpstreamLists Lists { get; } = new(upstream);

    /// <summary>The manifest that an upstream has under a tag or digest.</summary>
    /// <param name="kept">What is here under it.</param>
    /// <returns>Null: what is here is the answer, or there is no upstream.</returns>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Unavailable"/>: nothing is here, and the upstream cannot be asked.</exception>
    public async Task<FetchedManifest?> FindManifestAsync(RepositoryName repository, string reference, ManifestRecord? kept, CancellationToken cancellationToken)
    {
        bool isDigest = Digest.TryParse(reference, out Digest digest);
        if (kept is not null && upstream.Has(repository))
        {
            // A client that asks for an index may have the manifests that it names.
            await manifests.RenewAsync(repository, [kept.Manifest, .. kept.Children], cancellationToken);
        }

        if (!upstream.Has(repository) || (!isDigest && !ImageReference.IsTag(reference))
            || (kept is not null && (isDigest || await tags.FindAsync(repository, reference, cancellationToken) is not { } row || row.Manifest != kept.Manifest)))
        {
            return null;
        }

        try
        {
            Digest? wanted = isDigest ? digest : await upstream.FindManifestAsync(repository, reference, cancellationToken);
            return wanted is { } now && now == kept?.Manifest ? null
                : await FetchAsync(repository, wanted, isDigest ? null : reference, cancellationToken);
        }
        catch (SlipwayException fault) when (fault.Kind == ErrorKind.Unavailable && kept is not null)
        {
            ServerLog.Write($"registry: {repository}:{reference} as it was last seen: {fault.Message}");
            return null;
        }
        catch (SlipwayException fault) when (fault.Kind is ErrorKind.NotFound or ErrorKind.PermissionDenied)
        {
            // Registries that tell nobody what they do not have refuse in place of saying that it is not there.
            throw RegistryException.NoManifest(reference);
        }
    }

    /// <summary>Answers a request for a blob that is not here out of the upstream, and keeps it.</summary>
    /// <returns>False: not answered, since there is no upstream, or since the blob is here now.</returns>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>: the upstream does not have it; <see cref="ErrorKind.Unavailable"/>: it cannot be asked.</exception>
    public async Task<bool> TryAnswerAsync(RegistryRequest request, Digest digest)
    {
        RepositoryName repository = request.Repository;
        if (!upstream.Has(repository))
        {
            return false;
        }

        long size = await upstream.FindBlobAsync(repository, digest, request.Aborted);
        HttpResponse response = request.Response;
        response.ContentType = "application/octet-stream";
        response.ContentLength = size;
        response.Headers["Docker-Content-Digest"] = digest.ToString();
        if (HttpMethods.IsHead(request.Method))
        {
            return true;
        }

        foreach (FetchedManifest manifest in _fetched.NamingBlob(repository, digest).Where(manifest => manifest.Content.Config?.Digest != digest))
        {
            Fill(manifest);
        }

        // A part of a blob is served when the whole is here, and so is one that somebody else brings already, or that is stored for another repository.
        bool isPart = request.Http.Request.Headers.Range.Count > 0;
        bool forwarded = await fetches.BringAsync(repository, digest, size, isPart ? null : response.BodyWriter);
        if (!forwarded)
        {
            response.ContentLength = null;
        }

        return forwarded;
    }

    /// <summary>Gives up what is on its way.</summary>
    public async ValueTask DisposeAsync()
    {
        await expiry.DisposeAsync();
        await fetches.DisposeAsync();
        upstream.Dispose();
    }

    private async Task<FetchedManifest> FetchAsync(RepositoryName repository, Digest? wanted, string? tag, CancellationToken cancellationToken)
    {
        if (wanted is { } known && _fetched.Find(repository, known) is { } before)
        {
            return _fetched.Add(before with { Tag = tag });
        }

        bool isStored = wanted is { } digest && await repositories.FindManifestAsync(repository, digest.ToString(), cancellationToken) is not null;
        (byte[] json, string? type) = isStored
            ? ((await blobs.ReadAllAsync(wanted!.Value, cancellationToken)).ToArray(), null)
            : await upstream.ReadManifestAsync(repository, wanted?.ToString() ?? tag!, cancellationToken);
        FetchedManifest fetched = _fetched.Add(new(repository, Digest.Of(json), json, ManifestContent.Parse(json, type), tag));
        bool isWhole = isStored || fetched.Content.Blobs.IsEmpty;
        if (isWhole)
        {
            await KeepAsync(fetched, cancellationToken);
        }
        else if (await AreStoredAsync(fetched.Content.Layers, cancellationToken))
        {
            Fill(fetched);
        }

        return fetched;
    }

    /// <summary>Whether a client may need none of the layers, since all are here for other images.</summary>
    private async Task<bool> AreStoredAsync(IEnumerable<Descriptor> layers, CancellationToken cancellationToken)
    {
        foreach (Descriptor layer in layers)
        {
            if (await blobs.FindAsync(layer.Digest, cancellationToken) is null)
            {
                return false;
            }
        }

        return true;
    }

    private void Fill(FetchedManifest manifest) => fetches.InBackground((manifest.Repository, manifest.Digest), stopping => FillAsync(manifest, stopping));

    private async Task FillAsync(FetchedManifest manifest, CancellationToken stopping)
    {
        await Parallel.ForEachAsync(
            manifest.Content.Blobs,
            new ParallelOptions { MaxDegreeOfParallelism = BlobFetches.AtOnce, CancellationToken = stopping },
            async (blob, stop) =>
            {
                if (await repositories.FindBlobAsync(manifest.Repository, blob.Digest, renew: true, stop) is null)
                {
                    long size = await upstream.FindBlobAsync(manifest.Repository, blob.Digest, stop);
                    await fetches.BringAsync(manifest.Repository, blob.Digest, size, client: null);
                }
            });
        await KeepAsync(manifest, stopping);
    }

    /// <summary>Makes a manifest all of which is here one of the repository, under the tag that it was asked for by.</summary>
    private async Task KeepAsync(FetchedManifest manifest, CancellationToken cancellationToken)
    {
        string? tag = (_fetched.Find(manifest.Repository, manifest.Digest) ?? manifest).Tag;
        await fetches.WithLeaseAsync(async () =>
        {
            // The rows go first: a tag or a manifest without one is this server's own.
            if (tag is not null)
            {
                await tags.PutAsync(manifest.Repository, tag, manifest.Digest, cancellationToken);
            }

            await manifests.AddAsync(manifest.Repository, manifest.Digest, cancellationToken);
            return await repositories.PutManifestAsync(manifest.Repository, manifest.Json, manifest.Content.MediaType, tag, whole: false, cancellationToken);
        });
        _fetched.Remove(manifest);
    }
}
