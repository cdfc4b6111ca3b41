using Slipway.Api;
using Slipway.Cli.Containers;

namespace Slipway.Cli.Builds;

/// <summary>Lets a person look around in the files as a failed step left them (build --debug).</summary>
internal static class FailedStep
{
    /// <summary>On a terminal: tells why the step failed, runs its shell in its files, and removes them afterwards. Elsewhere: says how that is done.</summary>
    /// <returns>What the build failed of.</returns>
    public static async Task<Exception> ShowAsync(CommandContext context, ApiException failure, BuildFailureKept kept, CancellationToken cancellationToken)
    {
        if (!context.Terminal.Input || !context.Terminal.Output)
        {
            string hint = $"look into the files as it left them: slipway run --rm -it {kept.Image}; then remove them: slipway rmi {kept.Image}";
            return new ApiException(failure.Problem with { Hint = failure.Problem.Hint is null ? hint : $"{failure.Problem.Hint}\n{hint}" }, failure);
        }

        await context.Error.WriteLineAsync($"{context.Terminal.ErrorStyle.Red("error:")} {failure.Problem.Message}").ConfigureAwait(false);
        await context.Error.WriteLineAsync("a shell in the files as the step left them; `exit` ends it").ConfigureAwait(false);
        try
        {
            CreateContainerRequest request = new() { Image = kept.Image, Tty = true, OpenStdin = true, AutoRemove = true, TerminalSize = SessionTerminal.Size };
            using ContainerSession session = await context.Client.RunContainerAsync(request, cancellationToken).ConfigureAwait(false);
            new SessionPump(session, context, tty: true, interactive: true).Run();
        }
        finally
        {
            await context.Client.RemoveImageAsync(kept.Image, force: true, CancellationToken.None).ConfigureAwait(false);
        }

        return new CliException($"the build failed at {kept.Instruction}");
    }
}
