using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images.Repositories;

namespace Slipway.Images.Referrers;

/// <summary>
/// Decides what goes along with images: what is about one that is sent as it is, byte for byte; what is about one that is another manifest there, made anew where
/// that can be (<see cref="RemadeReferrer"/>). What is made is stored but linked to no repository.
/// </summary>
public sealed class ReferrerPlanner(RepositoryStore repositories, IBlobStore blobs, TimeProvider time)
{
    /// <summary>What is about these manifests, and what is about that in turn. The caller holds a lease.</summary>
    /// <param name="images">A manifest here, and what is sent of it; null: nothing, so that whatever is about it stays.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>: a document's bytes are not stored; <see cref="ErrorKind.OutOfSpace"/>.</exception>
    public async Task<ReferrerPlan> PlanAsync(IEnumerable<(ManifestRecord Here, ManifestRecord? There)> images, CancellationToken cancellationToken)
    {
        Queue<(ManifestRecord Here, ManifestRecord? There)> waiting = new(images);
        HashSet<Digest> seen = [.. waiting.Select(image => image.Here.Manifest)];
        List<(ManifestRecord Referrer, Digest Subject)> going = [];
        List<string> left = [];
        while (waiting.TryDequeue(out (ManifestRecord Here, ManifestRecord? There) subject))
        {
            foreach (ManifestRecord referrer in await repositories.ListReferrersAsync(subject.Here.Manifest, cancellationToken))
            {
                ManifestRecord? goes = subject.There is null ? null
                    : subject.There.Manifest == subject.Here.Manifest ? referrer
                    : await RemakeAsync(referrer, subject.Here, subject.There, cancellationToken);
                if (goes is null)
                {
                    left.Add(referrer.ArtifactType ?? referrer.MediaType);
                }
                else
                {
                    going.Add((goes, subject.There!.Manifest));
                }

                if (seen.Add(referrer.Manifest))
                {
                    // A signature of a document holds for its bytes, so it goes with these and no others.
                    waiting.Enqueue((referrer, goes == referrer ? goes : null));
                }
            }
        }

        return new([.. going], [.. left.Order(StringComparer.Ordinal)]);
    }

    private async Task<ManifestRecord?> RemakeAsync(ManifestRecord referrer, ManifestRecord plain, ManifestRecord compressed, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> manifest = await blobs.ReadAllAsync(referrer.Manifest, cancellationToken);
        if (RemadeReferrer.DocumentOf(ManifestContent.Parse(manifest, referrer.MediaType)) is not { } document
            || RemadeReferrer.Of(manifest, await blobs.ReadAllAsync(document.Digest, cancellationToken), plain.Manifest, compressed) is not { } made)
        {
            return null;
        }

        await blobs.PutAsync(made.Document, cancellationToken);
        BlobInfo stored = await blobs.PutAsync(made.Manifest, cancellationToken);
        return ManifestRecord.Of(stored.Digest, stored.Size, ManifestContent.Parse(made.Manifest, referrer.MediaType), time.GetUtcNow());
    }
}
