namespace Slipway.Data.Trees;

/// <summary>
/// The order of names everywhere in this room: byte by byte in UTF-8, which is the order of Unicode code points. Ordinal comparison of
/// UTF-16 differs from it only where a surrogate pair meets U+E000 to U+FFFF, so those two ranges are swapped before comparing.
/// </summary>
internal sealed class NameOrder : IComparer<string>
{
    public static NameOrder Instance { get; } = new();

    int IComparer<string>.Compare(string? x, string? y) => Compare(x, y);

    public static int Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        int at = left.CommonPrefixLength(right);
        return at == left.Length || at == right.Length ? left.Length.CompareTo(right.Length) : Rank(left[at]).CompareTo(Rank(right[at]));
    }

    /// <summary>The order of whole paths: part by part, so everything below <c>/a</c> stands before <c>/a.txt</c>.</summary>
    public static int ComparePaths(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        int at = left.CommonPrefixLength(right);
        return at == left.Length || at == right.Length
            ? left.Length.CompareTo(right.Length)
            : PathRank(left[at]).CompareTo(PathRank(right[at]));
    }

    private static int PathRank(char c) => c == '/' ? -1 : Rank(c);

    private static int Rank(char c) => c switch
    {
        >= '\uE000' => c - 0x800,
        >= '\uD800' => c + 0x2000,
        _ => c,
    };
}
