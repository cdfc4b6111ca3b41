using Slipway.Api;

namespace Slipway.Cli.Containers;

/// <summary>Does one thing to several containers: a failure is told and does not keep the others from it.</summary>
internal static class EachContainer
{
    public static async Task<int> DoAsync(CommandContext context, IReadOnlyList<string> names, Func<string, Task> action)
    {
        int code = ExitCodes.Success;
        foreach (string name in names)
        {
            try
            {
                await action(name).ConfigureAwait(false);
                context.Out.WriteLine(name);
            }
            catch (ApiException exception) when (!exception.Is(ProblemKinds.Unreachable))
            {
                code = ExitCodes.Failure;
                context.Error.WriteLine($"{context.Terminal.ErrorStyle.Red("error:")} {exception.Problem.Message}");
                if (exception.Problem.Hint is string hint)
                {
                    context.Error.WriteLine($"{context.Terminal.ErrorStyle.Bold("hint:")} {hint}");
                }
            }
        }

        return code;
    }
}
