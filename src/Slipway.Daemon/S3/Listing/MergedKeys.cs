using System.Runtime.CompilerServices;

namespace Slipway.Daemon.S3.Listing;

/// <summary>The keys of a bucket that come from a tree and those of folder markers, in one order; and what they are under a delimiter.</summary>
internal static class MergedKeys
{
    /// <summary>Stands after every key that begins as what is before it does.</summary>
    private const string Last = "\U0010FFFF";

    /// <summary>The markers after a key, as a listing with a delimiter shows them.</summary>
    /// <param name="markers">Sorted; each begins with the prefix.</param>
    public static IEnumerable<ListedKey> Of(IEnumerable<string> markers, string prefix, string after, string delimiter) =>
        markers.Select(key => Shown(new ListedKey(key, null), prefix, delimiter)).Where(key => KeyWalk.Compare(key.Key, after) > 0).DistinctBy(key => key.Key);

    /// <summary>Both in one order; what stands in both comes once.</summary>
    public static async IAsyncEnumerable<ListedKey> Merge(
        IAsyncEnumerable<ListedKey> tree, IEnumerable<ListedKey> markers, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Queue<ListedKey> waiting = new(markers);
        await foreach (ListedKey key in tree.WithCancellation(cancellationToken))
        {
            while (waiting.TryPeek(out ListedKey marker) && KeyWalk.Compare(marker.Key, key.Key) <= 0)
            {
                waiting.Dequeue();
                if (marker.Key != key.Key)
                {
                    yield return marker;
                }
            }

            yield return key;
        }

        foreach (ListedKey marker in waiting)
        {
            yield return marker;
        }
    }

    /// <summary>Keys under any delimiter: those that share a prefix up to it are one, and the others of it are jumped over.</summary>
    /// <param name="keysAfter">The keys after one, in order.</param>
    public static async IAsyncEnumerable<ListedKey> GroupAsync(
        Func<string, IAsyncEnumerable<ListedKey>> keysAfter, string prefix, string after, string delimiter)
    {
        string from = Shown(new ListedKey(after, null), prefix, delimiter) is { IsPrefix: true } seen && seen.Key == after ? after + Last : after;
        string? shared;
        do
        {
            shared = null;
            await foreach (ListedKey key in keysAfter(from))
            {
                ListedKey shown = Shown(key, prefix, delimiter);
                if (KeyWalk.Compare(shown.Key, after) > 0)
                {
                    yield return shown;
                }

                if (shown.IsPrefix)
                {
                    shared = shown.Key;
                    from = shared + Last;
                    break;
                }
            }
        }
        while (shared is not null);
    }

    private static ListedKey Shown(ListedKey key, string prefix, string delimiter)
    {
        int at = delimiter.Length == 0 || key.Key.Length < prefix.Length ? -1 : key.Key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
        return at < 0 ? key : new ListedKey(key.Key[..(at + delimiter.Length)], null, IsPrefix: true);
    }
}
