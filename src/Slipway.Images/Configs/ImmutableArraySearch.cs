using System.Collections.Immutable;

namespace Slipway.Images;

internal static class ImmutableArraySearch
{
    /// <summary>The index of the first item that satisfies the condition, or -1.</summary>
    public static int IndexOfFirst<T>(this ImmutableArray<T> items, Func<T, bool> condition)
    {
        for (int index = 0; index < items.Length; index++)
        {
            if (condition(items[index]))
            {
                return index;
            }
        }

        return -1;
    }
}
