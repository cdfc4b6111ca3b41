using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Trees;
using Slipway.Pipelines.Planning;
using Slipway.Pipelines.Specs;

namespace Slipway.Pipelines.Tests.Planning;

public sealed class DatumSetTests
{
    private static readonly GlobalId Commit = GlobalId.Parse("0123456789abcdef0123456789abcdef");

    [Fact]
    public void A_cross_is_the_product_with_its_first_member_varying_slowest()
    {
        ImmutableArray<Datum> datums = DatumSet.Of(Input(World.Cross(World.Pfs("a"), World.Pfs("b"))), [Leaf("/1", "/2"), Leaf("/x", "/y")]);
        Assert.Equal(["a:/1 × b:/x", "a:/1 × b:/y", "a:/2 × b:/x", "a:/2 × b:/y"], datums.Select(d => d.Label));
    }

    [Fact]
    public void An_empty_member_makes_a_cross_empty_and_leaves_a_union_as_it_is()
    {
        string union = $$"""{"union": [{{World.Pfs("a")}}, {{World.Pfs("b")}}]}""";
        Assert.Empty(DatumSet.Of(Input(World.Cross(World.Pfs("a"), World.Pfs("b"))), [Leaf("/1"), LeafEntries.None]));
        Assert.Equal(["a:/1"], DatumSet.Of(Input(union), [Leaf("/1"), LeafEntries.None]).Select(d => d.Label));
    }

    [Fact]
    public void Members_may_be_nested()
    {
        string union = $$"""{"union": [{{World.Pfs("b")}}, {{World.Pfs("c")}}]}""";
        ImmutableArray<Datum> datums = DatumSet.Of(Input(World.Cross(World.Pfs("a"), union)), [Leaf("/1"), Leaf("/x"), Leaf("/y")]);
        Assert.Equal(["a:/1 × b:/x", "a:/1 × c:/y"], datums.Select(d => d.Label));
    }

    [Fact]
    public void The_same_datum_in_two_members_of_a_union_is_one()
    {
        string union = $$"""{"union": [{{World.Pfs("a")}}, {{World.Pfs("a", "/1*")}}]}""";
        Assert.Equal(["a:/1", "a:/2"], DatumSet.Of(Input(union), [Leaf("/1", "/2"), Leaf("/1")]).Select(d => d.Label));
    }

    [Fact]
    public void A_product_beyond_all_measure_is_refused_before_it_is_made()
    {
        string[] many = [.. Enumerable.Range(0, 2000).Select(i => $"/{i}")];
        SlipwayException error = Assert.Throws<SlipwayException>(
            () => { DatumSet.Of(Input(World.Cross(World.Pfs("a"), World.Pfs("b"))), [Leaf(many), Leaf(many)]); });
        Assert.Contains("4,000,000 datums", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_id_stays_while_the_content_changes_and_the_key_does_not()
    {
        InputSpec input = Input(World.Pfs("a"));
        Datum before = DatumSet.Of(input, [Leaf("/1")])[0];
        Datum after = DatumSet.Of(input, [new LeafEntries(Commit, Digest.Of("t"), [Entry("/1", "other")])])[0];
        Digest stage = Digest.Of("stage");

        Assert.Equal(before.Id, after.Id);
        Assert.NotEqual(DatumSet.KeyOf(stage, before), DatumSet.KeyOf(stage, after));
        Assert.Equal(before.Id, DatumSet.IdOf(before.Inputs.Reverse()));
    }

    [Fact]
    public void The_key_counts_stage_name_path_kind_mode_and_content_and_not_commit_repo_or_branch()
    {
        Digest stage = Digest.Of("stage");
        Datum datum = DatumSet.Of(Input(World.Pfs("a")), [Leaf("/1")])[0];
        DatumInput input = datum.Inputs[0];
        DatumKey key = DatumSet.KeyOf(stage, datum);

        DatumInput[] others =
        [
            input with { Name = "b" },
            input with { Path = DataPath.Parse("/2") },
            input with { Kind = EntryKind.Directory },
            input with { Executable = true },
            input with { EmptyFiles = true },
            input with { Digest = Digest.Of("x") },
        ];
        Assert.Equal(others.Length, others.Select(KeyOf).Append(key).Distinct().Count() - 1);
        Assert.NotEqual(key, DatumSet.KeyOf(Digest.Of("other"), datum));
        Assert.Equal(key, KeyOf(input with { Commit = GlobalId.New(TimeProvider.System), Tree = Digest.Of("y") }));
        Assert.Equal(key, KeyOf(input with { Repo = Slipway.Data.Repos.RepoName.Parse("elsewhere"), Branch = Slipway.Data.Repos.BranchName.Parse("dev") }));

        DatumKey KeyOf(DatumInput changed) => DatumSet.KeyOf(stage, datum with { Inputs = [changed] });
    }

    [Fact]
    public void A_cross_has_as_many_datums_as_the_product_of_its_members_each_with_its_own_id() => Prop.ForAll(
        Arb.From(Gen.ListOf(Gen.Choose(0, 5), 3).Select(sizes => sizes.ToArray())),
        sizes =>
        {
            string[] repos = ["a", "b", "c"];
            InputSpec input = Input(World.Cross([.. repos.Select(repo => World.Pfs(repo))]));
            ImmutableArray<Datum> datums = DatumSet.Of(input, [.. sizes.Select(size => Leaf([.. Enumerable.Range(0, size).Select(i => $"/{i}")]))]);
            return datums.Length == sizes.Aggregate(1, (product, size) => product * size) && datums.Select(d => d.Id).Distinct().Count() == datums.Length;
        }).QuickCheckThrowOnFailure();

    private static InputSpec Input(string json) => World.Spec("p", json).Input;

    private static LeafEntries Leaf(params string[] paths) => new(Commit, Digest.Of("tree"), [.. paths.Select(path => Entry(path, path))]);

    private static KeyValuePair<DataPath, TreeEntry> Entry(string path, string content) =>
        new(DataPath.Parse(path), TreeEntry.File(DataPath.Parse(path).Name, 1, Digest.Of(content)));
}
