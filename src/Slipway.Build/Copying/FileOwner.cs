namespace Slipway.Build.Copying;

/// <summary>A user and a group by number.</summary>
internal readonly record struct FileOwner(int User, int Group)
{
    public static FileOwner Root => default;
}
