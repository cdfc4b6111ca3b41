using Slipway.Api;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Builds;

/// <summary>Sends a context, shows the progress, returns the image; for `build` and for `up`.</summary>
internal static class BuildRun
{
    public static async Task<BuildCompleted> RunAsync(
        CommandContext context, BuildContext source, BuildOptions options, BuildProgressStyle style, CancellationToken cancellationToken)
    {
        TransferProgress sent = new(context.Time, "sending the context:", null);
        using BuildView view = new(context, style);
        using (ProgressLine line = new(context, sent.ToString, style is not (BuildProgressStyle.Quiet or BuildProgressStyle.Json)))
        {
            IAsyncEnumerable<BuildProgress> stream = context.Client.BuildAsync(
                options,
                async (destination, token) =>
                {
                    await source.WriteAsync(destination, sent.Add, token).ConfigureAwait(false);
                    line.Dispose();
                },
                cancellationToken);
            return await view.ShowAsync(stream, cancellationToken).ConfigureAwait(false);
        }
    }

    public static string Summary(BuildCompleted image)
    {
        string names = image.Tags.Count == 0 ? image.Digest : $"{string.Join(", ", image.Tags)}  {image.Digest}";
        return $"{names}\n{Format.Count(image.StepsRun, "step")} ran, {image.StepsCached} cached, {Format.Bytes(image.Size)}";
    }
}
