using Slipway.Api;

namespace Slipway.Cli.Registries;

/// <summary>Sees to it that an image is here before something is made from it.</summary>
internal static class ImagePresence
{
    /// <summary>What --pull means, with docker's words.</summary>
    public const string Policies = "missing|always|never";

    /// <param name="policy">One of <see cref="Policies"/>; null: missing.</param>
    public static async Task EnsureAsync(CommandContext context, string image, string? policy, CancellationToken cancellationToken)
    {
        ApiException? unknown = null;
        switch (policy)
        {
            case "never":
                return;
            case "always":
                break;
            case null or "missing":
                try
                {
                    await context.Client.FindImageAsync(image, cancellationToken).ConfigureAwait(false);
                    return;
                }
                catch (ApiException fault) when (fault.Is(ProblemKinds.NotFound))
                {
                    unknown = fault;
                }

                break;
            default:
                throw new CliException($"there is no policy '{policy}'", $"use --pull with one of {Policies.Replace("|", ", ", StringComparison.Ordinal)}", usage: true);
        }

        try
        {
            TransferImageRequest request = await TransferRun.ProveAsync(new(image), context, cancellationToken).ConfigureAwait(false);
            TransferImageResult result = await TransferRun.FollowAsync(context, context.Client.PullImageAsync(request, cancellationToken)).ConfigureAwait(false);
            context.Error.WriteLine(TransferRun.Summary(result, "pulled"));
        }
        catch (ApiException fault) when (unknown is not null)
        {
            string hint = string.Join(' ', new[] { fault.Problem.Hint, unknown.Problem.Hint }.Where(static text => text is not null));
            throw new ApiException(fault.Problem with { Message = $"{unknown.Problem.Message}, and its registry did not give it: {fault.Problem.Message}", Hint = hint }, fault);
        }
    }
}
