namespace Slipway.Data.Worktrees;

/// <summary>Where a client notes, in a folder that was checked out, from which commit: it is never data.</summary>
internal static class CheckoutNote
{
    /// <summary>The name, at the root of the folder.</summary>
    public static ReadOnlySpan<byte> Folder => ".slipway"u8;
}
