using Slipway.Content;
using Slipway.Images;

namespace Slipway.Build;

/// <summary>Finds the images that a build stands on: in the store, else at their registry.</summary>
internal sealed class BaseImages(ImageStore images)
{
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>: neither here nor there; <see cref="ErrorKind.PermissionDenied"/> or <see cref="ErrorKind.Unavailable"/>: the registry does not give it.
    /// </exception>
    public async ValueTask<Image> GetAsync(string name, BuildRequest request, IProgress<BuildEvent> progress, CancellationToken cancellationToken)
    {
        if (request.Pull is not { } pull || !ImageReference.TryParse(name, out ImageReference? reference))
        {
            return await images.GetAsync(name, cancellationToken);
        }

        Image? here = await images.FindAsync(name, cancellationToken);
        if (here is not null && !request.PullsAlways)
        {
            return here;
        }

        try
        {
            progress.Report(new ImagePull(reference.Familiar, 0, 0));
            await pull(reference, progress, cancellationToken);
        }
        catch (SlipwayException fault) when (here is null)
        {
            SlipwayException unknown = await UnknownAsync(name, cancellationToken);
            string hint = string.Join(' ', new[] { fault.Hint, unknown.Hint }.Where(text => text is not null));
            throw new SlipwayException(fault.Kind, $"{unknown.Message}, and its registry did not give it: {fault.Message}", hint, fault);
        }

        return await images.GetAsync(name, cancellationToken);
    }

    private async ValueTask<SlipwayException> UnknownAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await images.GetAsync(name, cancellationToken);
        }
        catch (SlipwayException unknown)
        {
            return unknown;
        }

        return new(ErrorKind.NotFound, $"there is no image '{name}'");
    }
}
