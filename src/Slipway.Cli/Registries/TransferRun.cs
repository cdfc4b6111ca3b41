using Slipway.Api;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Registries;

/// <summary>A pull or a push: shows how far it is, and says what came of it.</summary>
internal static class TransferRun
{
    /// <summary>The request, with who we are to its registry.</summary>
    public static async Task<TransferImageRequest> ProveAsync(TransferImageRequest request, CommandContext context, CancellationToken cancellationToken)
    {
        RegistryAccount? known = await context.ReadLogins().FindAsync(DockerConfig.RegistryOf(request.Image), cancellationToken).ConfigureAwait(false);
        return known is { } login ? request with { User = login.User, Password = login.Password } : request;
    }

    public static async Task<int> ShowAsync(
        CommandContext context, IAsyncEnumerable<TransferImageProgress> lines, string verb, bool json)
    {
        TransferImageResult result = await FollowAsync(context, lines).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, result, ApiJson.Default.TransferImageResult);
        }
        else
        {
            context.Out.WriteLine(Summary(result, verb));
            SayLeft(context, result);
        }

        return ExitCodes.Success;
    }

    public static string Summary(TransferImageResult result, string verb)
    {
        string made = result.DigestHere is { } here && here != result.Digest ? $" ({result.Compression}; here {here})" : "";
        return $"{result.Image}  {result.Digest}  {(result.Bytes > 0 ? $"{Format.Bytes(result.Bytes)} {verb}" : "everything was there")}{made}";
    }

    /// <summary>Says what is about the image and did not go along.</summary>
    private static void SayLeft(CommandContext context, TransferImageResult result)
    {
        if (result.ReferrersLeft is { Count: > 0 } left)
        {
            string documents = left.Count == 1 ? "1 document about it stayed" : $"{left.Count} documents about it stayed";
            context.Error.WriteLine($"{documents} here, for what they say is of the digest here: {string.Join(", ", left.Distinct())} (--compression none takes all along)");
        }
    }

    /// <summary>Shows how far it is until it is done.</summary>
    public static async Task<TransferImageResult> FollowAsync(CommandContext context, IAsyncEnumerable<TransferImageProgress> lines)
    {
        TransferImageProgress now = new("asking the registry", 0, 0);
        using (new ProgressLine(context, () => now.Total > 0 ? $"{now.Step}: {Format.Bytes(now.Done)} of {Format.Bytes(now.Total)}" : now.Step))
        {
            await foreach (TransferImageProgress line in lines.ConfigureAwait(false))
            {
                now = line;
            }
        }

        return now.Result ?? throw new CliException("the server broke off in the middle", "Run it again: what was transferred is not transferred twice");
    }
}
