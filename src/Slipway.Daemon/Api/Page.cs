using Microsoft.AspNetCore.Http;
using Slipway.Content;

namespace Slipway.Daemon.Api;

/// <summary>A page of a listing: <c>?after=</c> the last of the page before, <c>&amp;limit=</c> so many.</summary>
internal static class Page
{
    /// <summary>Of what is ordered by name. A name that is gone meanwhile is as good as one that is there.</summary>
    public static IEnumerable<T> Of<T>(HttpContext http, IReadOnlyList<T> all, Func<T, string> name)
    {
        IEnumerable<T> page = all;
        if (Ask.Find(http, "after") is { } after)
        {
            int at = -1;
            for (int i = 0; i < all.Count && at < 0; i++)
            {
                at = name(all[i]) == after ? i : at;
            }

            page = at >= 0 ? all.Skip(at + 1) : all.Where(item => string.CompareOrdinal(name(item), after) > 0);
        }

        return page.Take(Ask.Number(http, "limit") ?? int.MaxValue);
    }

    /// <summary>Of a history, newest first.</summary>
    /// <param name="after">What <paramref name="id"/> is of the last one seen; null: from the first.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>: the history does not have it.</exception>
    public static async IAsyncEnumerable<T> BehindAsync<T>(IAsyncEnumerable<T> history, string? after, Func<T, string> id)
    {
        bool passed = after is null;
        await foreach (T item in history)
        {
            if (passed)
            {
                yield return item;
            }

            passed |= id(item) == after;
        }

        if (!passed)
        {
            throw new SlipwayException(ErrorKind.NotFound, $"there is no commit {after} in this history", "Take the whole id of the last commit of the page before.");
        }
    }
}
