namespace Slipway.Build.Linting;

/// <summary>In which case a word is written. One without letters is in both.</summary>
internal static class LetterCase
{
    public static bool IsUpper(string word) => !word.Any(char.IsLower);

    public static bool IsLower(string word) => !word.Any(char.IsUpper);
}
