using System.Buffers;

namespace Slipway.Data;

/// <summary>The rule that repo and branch names share: parts of <c>A-Z a-z 0-9 _ . -</c>, at most 128 characters, not <c>.</c> or <c>..</c>.</summary>
internal static class NamePart
{
    public const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>True where the text has the form of a commit's global id.</summary>
    public static bool IsGlobalId(ReadOnlySpan<char> text) => text.Length == 32 && IsLowerHex(text);

    /// <summary>True where there is nothing but lower-case hex digits.</summary>
    public static bool IsLowerHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(LowerHex);

    /// <summary>Why <paramref name="part"/> is not a name, as the end of a sentence; null where it is one.</summary>
    public static string? FindFault(ReadOnlySpan<char> part)
    {
        if (part.IsEmpty)
        {
            return "it has an empty part";
        }

        if (part.Length > MaxLength)
        {
            return $"a part has {part.Length} characters, {MaxLength} are allowed";
        }

        if (part is "." or "..")
        {
            return $"'{part}' is not a name";
        }

        int at = part.IndexOfAnyExcept(Allowed);
        return at < 0 ? null : $"'{part[at]}' is not allowed in it";
    }
}
