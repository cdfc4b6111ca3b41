using Slipway.Api;

namespace Slipway.Cli.Containers;

/// <summary>What a limit or option could not do on this machine.</summary>
internal static class ContainerWarnings
{
    public static void Write(ContainerCreated created, CommandContext context)
    {
        foreach (string warning in created.Warnings ?? [])
        {
            context.Error.WriteLine($"{context.Terminal.ErrorStyle.Yellow("warning:")} {warning}");
        }
    }
}
