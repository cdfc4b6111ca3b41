using System.Collections.Immutable;
using Slipway.Content;

namespace Slipway.Daemon.Tests.Histories;

/// <summary>Paths and what stands there.</summary>
internal sealed record FileMap(ImmutableSortedDictionary<string, Digest> Files)
{
    public static FileMap Empty { get; } = new(ImmutableSortedDictionary.Create<string, Digest>(StringComparer.Ordinal));

    /// <summary>What is at a path or below.</summary>
    public IEnumerable<KeyValuePair<string, Digest>> Under(string path) =>
        Files.Where(file => file.Key == path || file.Key.StartsWith(path + "/", StringComparison.Ordinal));

    public FileMap Put(string path, Digest digest) => new(Files.SetItem(path, digest));

    public FileMap Delete(string path) => new(Files.RemoveRange(Under(path).Select(file => file.Key).ToList()));

    /// <summary>Null where nothing stands there.</summary>
    public FileMap? Move(string from, string to)
    {
        List<KeyValuePair<string, Digest>> moving = [.. Under(from)];
        return moving.Count == 0 ? null : new(Delete(from).Files.SetItems(moving.Select(file => KeyValuePair.Create(to + file.Key[from.Length..], file.Value))));
    }

    /// <summary>Path by path: the merged files, and the paths that both sides changed, each in its own way.</summary>
    public static (FileMap Merged, List<string> Conflicts) Merge(FileMap basis, FileMap ours, FileMap theirs)
    {
        FileMap merged = ours;
        List<string> conflicts = [];
        foreach (string path in basis.Files.Keys.Union(ours.Files.Keys).Union(theirs.Files.Keys))
        {
            (Digest? b, Digest? o, Digest? t) = (basis.At(path), ours.At(path), theirs.At(path));
            if (b == t || o == t)
            {
                continue;
            }

            if (b != o)
            {
                conflicts.Add(path);
            }
            else
            {
                merged = t is { } digest ? merged.Put(path, digest) : merged.Delete(path);
            }
        }

        return (merged, conflicts);
    }

    public string Text() => string.Join(' ', Files.Select(file => $"{file.Key}={file.Value.Short}"));

    private Digest? At(string path) => Files.TryGetValue(path, out Digest digest) ? digest : null;
}
