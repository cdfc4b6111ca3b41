using System.Runtime.CompilerServices;
using System.Text;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Trees;

namespace Slipway.Daemon.S3.Listing;

/// <summary>What a page lists: a key, or the prefix that several keys share.</summary>
/// <param name="File">Null for a prefix, and for the marker of a folder, which has no bytes.</param>
internal readonly record struct ListedKey(string Key, TreeEntry? File, bool IsPrefix = false);

/// <summary>
/// The keys of a tree in S3's order, byte by byte over the whole key, which is not a tree's: <c>a.b</c> stands before <c>a/c</c>. A folder therefore
/// waits until no sibling can stand before it. Only what a page needs is read.
/// </summary>
internal sealed class KeyWalk(TreeStore trees)
{
    /// <param name="folder">The folder's key, empty or with a slash at its end.</param>
    /// <param name="prefix">What the names of the entries here begin with.</param>
    /// <param name="after">Relative to the folder: keys up to it are left out.</param>
    /// <param name="deep">Keys of folders below in place of their common prefix.</param>
    public async IAsyncEnumerable<ListedKey> WalkAsync(
        Digest directory, string folder, string prefix, string after, bool deep, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (TreeEntry entry in OrderedAsync(directory, prefix, after, cancellationToken))
        {
            string key = SortKey(entry);
            if (entry.Kind == EntryKind.File && Compare(key, after) > 0)
            {
                yield return new ListedKey(folder + key, entry);
            }
            else if (entry.Kind == EntryKind.Directory && !deep && Compare(key, after) > 0)
            {
                yield return new ListedKey(folder + key, null, IsPrefix: true);
            }
            else if (entry.Kind == EntryKind.Directory && deep && (Compare(key, after) > 0 || after.StartsWith(key, StringComparison.Ordinal)))
            {
                string rest = after.StartsWith(key, StringComparison.Ordinal) ? after[key.Length..] : "";
                await foreach (ListedKey below in WalkAsync(entry.Digest, folder + key, "", rest, deep, cancellationToken))
                {
                    yield return below;
                }
            }
        }
    }

    /// <summary>The entries that can hold a key after <paramref name="after"/>, folders where their slash puts them.</summary>
    private async IAsyncEnumerable<TreeEntry> OrderedAsync(Digest directory, string prefix, string after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PriorityQueue<TreeEntry, string> waiting = new(Comparer<string>.Create(Compare));
        string first = after.Split('/')[0];
        string start = Compare(prefix, first) > 0 ? prefix : first;
        for (int i = 1; i <= start.Length; i++)
        {
            // Folders whose names begin the start's stand after it where the slash does; the start itself comes in any case.
            bool here = i == start.Length || start[i] < '/';
            if (here && start.StartsWith(prefix, StringComparison.Ordinal) && i >= prefix.Length && DataPath.TryParse("/" + start[..i], out DataPath path) && await trees.FindAsync(directory, path, cancellationToken) is { } found)
            {
                waiting.Enqueue(found, SortKey(found));
            }
        }

        await foreach (TreeEntry entry in trees.ListAsync(directory, start.Length == 0 ? null : start, cancellationToken))
        {
            if (!entry.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                break;
            }

            while (waiting.TryPeek(out TreeEntry? next, out string? key) && Compare(key, entry.Name) < 0)
            {
                yield return next;
                waiting.Dequeue();
            }

            waiting.Enqueue(entry, SortKey(entry));
        }

        while (waiting.TryDequeue(out TreeEntry? next, out _))
        {
            yield return next;
        }
    }

    private static string SortKey(TreeEntry entry) => entry.Kind == EntryKind.Directory ? entry.Name + "/" : entry.Name;

    internal static int Compare(string left, string right)
    {
        int order = string.CompareOrdinal(left, right);
        return order == 0 || (!left.AsSpan().ContainsAnyInRange('\uD800', '\uFFFF') && !right.AsSpan().ContainsAnyInRange('\uD800', '\uFFFF'))
            ? order
            : Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
    }
}
