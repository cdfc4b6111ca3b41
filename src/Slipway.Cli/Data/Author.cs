namespace Slipway.Cli.Data;

/// <summary>Who a commit is by: SLIPWAY_AUTHOR, else who runs us.</summary>
internal static class Author
{
    public static string Of(CommandContext context) => context.Environment("SLIPWAY_AUTHOR") is { Length: > 0 } author ? author : context.UserName();
}
