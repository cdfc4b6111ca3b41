using System.Runtime.CompilerServices;
using System.Text;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Builds;

/// <summary>Sends a context, shows the progress, returns the image; for `build` and for `up`.</summary>
internal static class BuildRun
{
    public static async Task<BuildCompleted> RunAsync(
        CommandContext context, BuildContext source, BuildOptions options, BuildProgressStyle style, CancellationToken cancellationToken)
    {
        options = options with { RegistryAccounts = await AccountsAsync(context, source, options, cancellationToken).ConfigureAwait(false) };
        using BuildView view = new(context, style);
        try
        {
            return await view.ShowAsync(StreamAsync(context, source, options, style, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (ApiException failure) when (view.Kept is not null)
        {
            throw await FailedStep.ShowAsync(context, failure, view.Kept, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The time that images are to have, by reproducible-builds.org's variable: as an argument of the build, as BuildKit has it, else of the environment. Null: not set.</summary>
    public static long? SourceDateEpoch(CommandContext context, IReadOnlyDictionary<string, string> buildArgs) =>
        (buildArgs.GetValueOrDefault("SOURCE_DATE_EPOCH") ?? context.Environment("SOURCE_DATE_EPOCH")) is string epoch ? Values.Seconds(epoch, "SOURCE_DATE_EPOCH") : null;

    /// <summary>The server reads the context where it can: that costs no bytes on the way, and a client that has little to load. Else it is sent.</summary>
    private static async IAsyncEnumerable<BuildProgress> StreamAsync(
        CommandContext context, BuildContext source, BuildOptions options, BuildProgressStyle style, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        bool quiet = style is BuildProgressStyle.Quiet or BuildProgressStyle.Json;
        bool declined = true;
        if (context.Server.Host is null && source.ToLocal(options) is { } local)
        {
            ProgressLine line = new(context, static () => "reading the context", !quiet);
            using (line)
            {
                await foreach (BuildProgress progress in context.Client.BuildLocalAsync(local, cancellationToken).ConfigureAwait(false))
                {
                    line.Dispose();
                    declined = progress is BuildDeclined;
                    if (!declined)
                    {
                        yield return progress;
                    }
                }
            }
        }

        if (declined)
        {
            await foreach (BuildProgress progress in SendAsync(context, source, options, quiet, cancellationToken).ConfigureAwait(false))
            {
                yield return progress;
            }
        }
    }

    private static async IAsyncEnumerable<BuildProgress> SendAsync(
        CommandContext context, BuildContext source, BuildOptions options, bool quiet, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        source = source with { Source = ContextOrigin.Begin(source.Folder, source.Address, options, context.Time, over.Token) };
        TransferProgress sent = new(context.Time, "sending the context:", null);
        using ProgressLine line = new(context, sent.ToString, !quiet);
        IAsyncEnumerable<BuildProgress> stream = context.Client.BuildAsync(
            options,
            async (destination, token) =>
            {
                await source.WriteAsync(destination, sent.Add, token).ConfigureAwait(false);
                line.Dispose();
            },
            cancellationToken);
        try
        {
            await foreach (BuildProgress progress in stream.ConfigureAwait(false))
            {
                yield return progress;
            }
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false); // git does not outlive a build that the server ended early.
        }
    }

    /// <summary>Our logins at the registries that the build may ask for a base image: Docker Hub, and those that the Dockerfile or an option names.</summary>
    private static async Task<IReadOnlyDictionary<string, RegistryAccount>> AccountsAsync(
        CommandContext context, BuildContext source, BuildOptions options, CancellationToken cancellationToken)
    {
        if (options.Offline)
        {
            return options.RegistryAccounts;
        }

        string named = string.Join('\n', [Encoding.UTF8.GetString(source.Dockerfile), .. options.BuildArgs.Values, .. options.ImageContexts.Values]);
        return await context.ReadLogins().FindNamedAsync(named, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lists the findings of a check: as text, or as the API's records with --progress json.</summary>
    public static async Task<int> CheckAsync(CommandContext context, BuildContext source, BuildOptions options, BuildProgressStyle style, CancellationToken cancellationToken)
    {
        int count = 0;
        await foreach (BuildProgress progress in StreamAsync(context, source, options with { Provenance = "none" }, BuildProgressStyle.Quiet, cancellationToken).ConfigureAwait(false))
        {
            switch (progress)
            {
                case BuildFailed failed:
                    throw new ApiException(failed.Problem);
                case BuildFinding when style == BuildProgressStyle.Json:
                    JsonOutput.WriteLine(context, progress, ApiJson.Default.BuildProgress);
                    count++;
                    break;
                case BuildFinding finding:
                    context.Out.WriteLine(TextLayout.Printable($"{source.DockerfileName}:{finding.Line}: {finding.Rule}: {finding.Message}"));
                    count++;
                    break;
            }
        }

        if (count == 0 && style != BuildProgressStyle.Json)
        {
            context.Out.WriteLine("Check complete, no warnings found.");
        }

        return count == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    public static string Summary(BuildCompleted image)
    {
        string names = image.Tags.Count == 0 ? image.Digest : $"{string.Join(", ", image.Tags)}  {image.Digest}";
        return $"{names}\n{Format.Count(image.StepsRun, "step")} ran, {image.StepsCached} cached, {Format.Bytes(image.Size)}";
    }
}
