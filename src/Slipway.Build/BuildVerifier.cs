using System.Globalization;
using Slipway.Build.Outputs;
using Slipway.Build.Provenance;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images;

namespace Slipway.Build;

/// <summary>Builds twice, trusting no cache, and says where the two images part.</summary>
public sealed class BuildVerifier(ImageBuilder builder, IBlobStore blobs)
{
    /// <returns>The second build's result; both are the same.</returns>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.FailedPrecondition"/>: they differ; the message names the first differing entry of the first differing layer.</exception>
    public async ValueTask<BuildResult> BuildAsync(BuildRequest request, IProgress<BuildEvent> progress, CancellationToken cancellationToken)
    {
        BuildResult first = await builder.BuildAsync(request with { NoCache = true, Tags = [], CacheTo = [], Provenance = ProvenanceDetail.None, Sbom = false }, progress, cancellationToken);
        BuildResult second = await builder.BuildAsync(request with { NoCache = true }, progress, cancellationToken);
        if (first.Image.Digest == second.Image.Digest)
        {
            return second;
        }

        for (int index = 0; index < Math.Min(first.Image.Layers.Length, second.Image.Layers.Length); index++)
        {
            Layer one = first.Image.Layers[index], other = second.Image.Layers[index];
            if (one.DiffId != other.DiffId)
            {
                await using Stream left = await blobs.OpenAsync(one.Descriptor.Digest, cancellationToken);
                await using Stream right = await blobs.OpenAsync(other.Descriptor.Digest, cancellationToken);
                string difference = await Task.Run(() => LayerDifference.First(left, right, cancellationToken), cancellationToken) ?? "the order of its bytes";
                throw new SlipwayException(
                    ErrorKind.FailedPrecondition,
                    string.Create(CultureInfo.InvariantCulture, $"two builds differ, first in layer {index + 1} of {first.Image.Layers.Length} ({StepOf(first.Image, index)}): {difference}"),
                    "Make the step's command give the same files each time: fix versions, remove logs and caches, use $SOURCE_DATE_EPOCH for times that it writes.");
            }
        }

        throw new SlipwayException(ErrorKind.FailedPrecondition, $"two builds have the same files and different configurations: {first.Image.Digest.Short} and {second.Image.Digest.Short}");
    }

    private static string StepOf(Image image, int layer) =>
        image.Config.History.Where(entry => !entry.EmptyLayer).ElementAtOrDefault(layer)?.CreatedBy ?? "a layer of the base image";
}
