namespace Slipway.Cli.Data;

/// <summary>Who a commit is by: SLIPWAY_AUTHOR, else the user's name.</summary>
internal static class Author
{
    public static string? Of(CommandContext context) => context.Environment("SLIPWAY_AUTHOR") ?? context.Environment("USER") ?? context.Environment("LOGNAME");
}
