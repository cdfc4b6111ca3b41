using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Trees;
using Slipway.Pipelines.Planning;
using Slipway.Pipelines.Specs;

namespace Slipway.Pipelines.Tests.Planning;

public sealed class JobPlanTests
{
    private static readonly Digest Stage = Digest.Of("stage");
    private static readonly HashSet<DatumKey> None = [];

    [Fact]
    public void What_is_answered_is_skipped_and_the_rest_runs()
    {
        ImmutableArray<Datum> datums = Datums(("/a", "1"), ("/b", "2"));
        JobPlan plan = JobPlan.For(datums, Stage, new HashSet<DatumKey> { DatumSet.KeyOf(Stage, datums[0]) }, None, false, PreviousJob.None);

        Assert.Equal("data:/a", Assert.Single(plan.ToSkip).Datum.Label);
        Assert.Equal(("data:/b", "new"), (Assert.Single(plan.ToRun).Datum.Label, plan.ToRun[0].Reason.ToString()));
    }

    [Fact]
    public void Every_datum_that_runs_says_why()
    {
        ImmutableArray<Datum> before = Datums(("/changed", "1"), ("/failed", "2"), ("/gone", "3"), ("/lost", "4"));
        ImmutableArray<Datum> now = Datums(("/changed", "9"), ("/failed", "2"), ("/lost", "4"), ("/new", "5"));
        PreviousJob previous = Previous(before, []);
        JobPlan plan = JobPlan.For(now, Stage, None, new HashSet<DatumKey> { DatumSet.KeyOf(Stage, now[2]) }, false, previous);

        Assert.Equal(
            ["changed input data", "an earlier attempt did not succeed", "its earlier output is no longer stored", "new"],
            plan.ToRun.Select(planned => planned.Reason.ToString()));
        Assert.Equal([before[2].Id], plan.Gone.AsEnumerable());
    }

    [Fact]
    public void A_changed_stage_is_the_reason_where_the_data_did_not_change()
    {
        ImmutableArray<Datum> datums = Datums(("/a", "1"));
        JobPlan plan = JobPlan.For(datums, Digest.Of("new stage"), None, None, false, Previous(datums, ["image", "cmd"]));
        Assert.Equal("changed stage: image, cmd", Assert.Single(plan.ToRun).Reason.ToString());
    }

    [Fact]
    public void A_stage_says_what_changed_and_its_digest_agrees()
    {
        var stage = new Stage(World.Spec("p", World.Pfs("r")).Transform with { Environment = [new("A", "1"), new("B", "2")] }, Digest.Of("image"));
        Stage[] others =
        [
            stage with { Image = Digest.Of("other") },
            stage with { Transform = stage.Transform with { Command = ["other"] } },
            stage with { Transform = stage.Transform with { Command = [], Stdin = stage.Transform.Command } },
            stage with { Transform = stage.Transform with { Environment = [new("A", "1")] } },
            stage with { Transform = stage.Transform with { User = "1" } },
            stage with { Transform = stage.Transform with { WorkingDirectory = "1" } },
            stage with { Transform = stage.Transform with { AcceptReturnCodes = [1] } },
            stage with { Transform = stage.Transform with { ErrorCommand = ["run"] } },
            stage with { Transform = stage.Transform with { ErrorStdin = ["run"] } },
        ];

        Assert.Equal(
            ["image", "cmd", "cmd,stdin", "env", "user", "working_dir", "accept_return_code", "err_cmd", "err_cmd"],
            others.Select(other => string.Join(',', other.ChangedSince(stage))));
        Assert.Equal(others.Length + 1, others.Append(stage).Select(s => s.Digest()).Distinct().Count());

        Stage same = stage with { Transform = stage.Transform with { Image = "another name", Environment = [new("B", "2"), new("A", "1")] } };
        Assert.Empty(same.ChangedSince(stage));
        Assert.Equal(stage.Digest(), same.Digest());
    }

    private static ImmutableArray<Datum> Datums(params (string Path, string Content)[] files) => DatumSet.Of(
        World.Spec("p", World.Pfs("data")).Input,
        [
            new LeafEntries(
                GlobalId.Parse("0123456789abcdef0123456789abcdef"),
                Digest.Of("tree"),
                [.. files.Select(f => KeyValuePair.Create(DataPath.Parse(f.Path), TreeEntry.File(f.Path[1..], 1, Digest.Of(f.Content))))]),
        ]);

    private static PreviousJob Previous(ImmutableArray<Datum> datums, ImmutableArray<string> stageChanges) => new(
        datums.ToDictionary(
            datum => datum.Id,
            datum => new PreviousDatum(DatumSet.KeyOf(Stage, datum), false, datum.Inputs.ToDictionary(i => i.Name, i => i.Digest))),
        stageChanges);
}
