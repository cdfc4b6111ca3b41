using System.Collections.Immutable;
using System.Globalization;
using Slipway.Content;
using Slipway.Content.Hashing;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Trees;
using Slipway.Pipelines.Specs;

namespace Slipway.Pipelines.Planning;

/// <summary>What one repo input has to offer: the commit that is read and the entries that its glob matches, in path order.</summary>
/// <param name="Commit">The commit; null where the branch has none yet, which counts as empty.</param>
/// <param name="Tree">The root of the commit's tree.</param>
public sealed record LeafEntries(GlobalId? Commit, Digest Tree, IReadOnlyList<KeyValuePair<DataPath, TreeEntry>> Entries)
{
    /// <summary>A branch without any commit.</summary>
    public static LeafEntries None { get; } = new(null, default, []);
}

/// <summary>Makes datums of an input: a pure function of the spec and of what its globs match.</summary>
public static class DatumSet
{
    /// <summary>The most datums of one job. A cross of two large inputs gets there by mistake sooner than by wish.</summary>
    public const int Most = 1_000_000;

    /// <summary>
    /// The datums of <paramref name="input"/>, each once. A repo input gives one an entry; a cross every combination, its first member
    /// varying slowest, and none where a member has none; a union its members' one after another.
    /// </summary>
    /// <param name="leaves">What each of <see cref="InputSpec.Leaves"/> has to offer, in that order.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: more than <see cref="Most"/> datums.</exception>
    public static ImmutableArray<Datum> Of(InputSpec input, IReadOnlyList<LeafEntries> leaves)
    {
        int leaf = 0;
        List<ImmutableArray<DatumInput>> combinations = Combine(input, leaves, ref leaf);
        var seen = new HashSet<DatumId>(combinations.Count);
        ImmutableArray<Datum>.Builder datums = ImmutableArray.CreateBuilder<Datum>(combinations.Count);
        foreach (ImmutableArray<DatumInput> inputs in combinations)
        {
            DatumId id = IdOf(inputs);
            if (seen.Add(id))
            {
                datums.Add(new Datum(id, inputs));
            }
        }

        return datums.DrainToImmutable();
    }

    /// <summary>The id of what is made of these inputs; their order makes no difference.</summary>
    public static DatumId IdOf(IEnumerable<DatumInput> inputs)
    {
        using var digest = new CanonicalDigest("slipway-datum-id 1");
        foreach (DatumInput input in inputs.OrderBy(input => input.Name, StringComparer.Ordinal))
        {
            digest.Add(input.Name).Add(input.Repo.ToString()).Add(input.Branch.ToString()).Add(input.Path.ToString());
        }

        return new DatumId(digest.Finish());
    }

    /// <summary>The key of a datum for a stage; see <see cref="DatumKey"/>.</summary>
    public static DatumKey KeyOf(Digest stage, Datum datum)
    {
        using var digest = new CanonicalDigest("slipway-datum-key 1");
        digest.Add(stage).Add(datum.Inputs.Length);
        foreach (DatumInput input in datum.Inputs.OrderBy(input => input.Name, StringComparer.Ordinal))
        {
            digest.Add(input.Name).Add(input.Path.ToString()).Add((int)input.Kind).Add(input.Executable ? 1 : 0).Add(input.EmptyFiles ? 1 : 0).Add(input.Digest);
        }

        return new DatumKey(digest.Finish());
    }

    private static List<ImmutableArray<DatumInput>> Combine(InputSpec input, IReadOnlyList<LeafEntries> leaves, ref int leaf)
    {
        switch (input)
        {
            case RepoInput repo:
                LeafEntries entries = leaves[leaf++];
                return [.. entries.Entries.Select(entry => ImmutableArray.Create(InputOf(repo, entries, entry.Key, entry.Value)))];
            case UnionInput union:
                List<ImmutableArray<DatumInput>> all = [];
                foreach (InputSpec member in union.Members)
                {
                    all.AddRange(Combine(member, leaves, ref leaf));
                    Bound(all.Count);
                }

                return all;
            case CrossInput cross:
                List<ImmutableArray<DatumInput>> product = [[]];
                foreach (InputSpec member in cross.Members)
                {
                    List<ImmutableArray<DatumInput>> next = Combine(member, leaves, ref leaf);
                    Bound((long)product.Count * next.Count);
                    product = [.. product.SelectMany(head => next.Select(tail => head.AddRange(tail)))];
                }

                return product;
            default:
                throw new SlipwayException(ErrorKind.Internal, $"an input of an unknown form, {input.GetType().Name}");
        }
    }

    private static DatumInput InputOf(RepoInput repo, LeafEntries leaf, DataPath path, TreeEntry entry) => new()
    {
        Name = repo.Name,
        Repo = repo.Repo,
        Branch = repo.Branch,
        Commit = leaf.Commit!.Value,
        Tree = leaf.Tree,
        Path = path,
        Kind = entry.Kind,
        Executable = entry.Executable,
        Digest = entry.Digest,
        EmptyFiles = repo.EmptyFiles,
    };

    private static void Bound(long count)
    {
        if (count > Most)
        {
            throw new SlipwayException(
                ErrorKind.InvalidArgument,
                string.Create(CultureInfo.InvariantCulture, $"the input makes {count:n0} datums; a job has at most {Most:n0}"),
                "Choose a glob that matches folders rather than their files, or split the cross.");
        }
    }
}
