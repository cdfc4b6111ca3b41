using Slipway.Api;
using Slipway.Cli.Jobs;
using Slipway.Cli.Output;
using Slipway.Cli.Pipelines;

namespace Slipway.Cli.Tests.Pipelines;

public sealed class DrawingTests
{
    [Fact]
    public void A_graph_is_trees_from_what_people_fill_and_a_join_is_drawn_once()
    {
        GraphInfo graph = new(
            [
                new("repo:training", GraphNodeKind.Repo, "training", Size: 2048), new("repo:attributes", GraphNodeKind.Repo, "attributes"),
                new("pipeline:train", GraphNodeKind.Pipeline, "train", State: JobState.Succeeded), new("repo:train", GraphNodeKind.Repo, "train"),
                new("pipeline:infer", GraphNodeKind.Pipeline, "infer", State: JobState.Failed), new("repo:infer", GraphNodeKind.Repo, "infer"),
                new("pipeline:plot", GraphNodeKind.Pipeline, "plot"), new("repo:plot", GraphNodeKind.Repo, "plot"),
            ],
            [
                new("repo:training", "pipeline:train", "/"), new("pipeline:train", "repo:train"), new("repo:train", "pipeline:infer", "/"),
                new("repo:attributes", "pipeline:infer", "/*"), new("pipeline:infer", "repo:infer"), new("repo:infer", "pipeline:plot"), new("pipeline:plot", "repo:plot"),
            ]);
        Assert.Equal(
            [
                "training  2.00 KiB",
                "└─ / ▶ [train] ✓",
                "   └─ / ▶ [infer] ✗",
                "      └─▶ [plot]",
                "attributes",
                "└─ /* ▶ [infer] ✗ (drawn above)",
            ],
            GraphDrawing.Draw(graph, Style.None));
    }

    [Fact]
    public void A_cycle_is_drawn_and_ends()
    {
        GraphInfo graph = new(
            [new("repo:a", GraphNodeKind.Repo, "a"), new("pipeline:p", GraphNodeKind.Pipeline, "p"), new("pipeline:q", GraphNodeKind.Pipeline, "q")],
            [new("repo:a", "pipeline:p"), new("pipeline:p", "pipeline:q"), new("pipeline:q", "pipeline:p")]);
        Assert.Equal(4, GraphDrawing.Draw(graph, Style.None).Count());
    }

    [Fact]
    public void A_lineage_goes_from_the_file_to_what_people_put()
    {
        LineageFile file = new()
        {
            Repo = "infer",
            Commit = "0199",
            Branch = "master",
            Path = "/out.csv",
            Size = 10,
            MadeBy =
            [
                new LineageDatum
                {
                    Datum = "sha256:0123456789abcdef",
                    Job = "infer@0199",
                    Pipeline = "infer",
                    PipelineVersion = 2,
                    Command = ["python3", "infer.py"],
                    Image = "iris/infer",
                    ImageDigest = "sha256:ee",
                    RunSeconds = 1.5,
                    Inputs =
                    [
                        new LineageFile { Repo = "attributes", Commit = "0198", Path = "/a.csv", Size = 5, Author = "ada", Message = "first" },
                        new LineageFile { Repo = "train", Commit = "0197", Path = "/", Size = 7, SeeAbove = true },
                    ],
                },
            ],
        };
        Assert.Equal(
            [
                "infer@master:/out.csv  10 B",
                "│ commit 0199",
                "└─ [infer] version 2, datum 0123456789ab, 1.5 s",
                "   │  job        infer@0199",
                "   │  command    python3 infer.py",
                "   │  image      iris/infer sha256:ee",
                "   ├─ attributes@0198:/a.csv  5 B",
                "   │    commit 0198, put by ada: first",
                "   └─ train@0197:/  7 B  (see above)",
                "        commit 0197",
            ],
            LineageDrawing.Draw(file, Style.None));
    }
}
