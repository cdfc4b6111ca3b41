using Slipway.Api;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Tests.Progress;

/// <summary>A build as a tree of stages and steps.</summary>
public sealed class BuildTreeTests
{
    private readonly ManualTime time = new();

    [Fact]
    public void Steps_stand_below_their_stage_with_time_or_cached_and_what_a_running_one_says()
    {
        BuildTree tree = new(time);
        tree.Start(new(1, 3, "base", "RUN apt-get update", 2));
        tree.Finish(new(1, Cached: true, 0));
        tree.Start(new(2, 3, "base", "RUN make", 3));
        tree.Start(new(3, 3, "1", "COPY . /", 5));
        tree.Say(2, "compiling a.c");
        tree.Finish(new(3, Cached: false, 0.25));
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(
            [
                "base",
                "├─ ✓ [1/3] RUN apt-get update  CACHED",
                "└─ ▸ [2/3] RUN make            2.0 s",
                "       compiling a.c",
                "stage 1",
                "└─ ✓ [3/3] COPY . /            250 ms",
                "2 of 3 steps, 2.0 s",
            ],
            tree.Lines(80, null, Style.None));
    }

    [Fact]
    public void No_line_is_wider_than_the_terminal_and_no_tree_higher()
    {
        BuildTree tree = new(time);
        for (int number = 1; number <= 50; number++)
        {
            tree.Start(new(number, 50, "train", "RUN echo a long command of this step that goes on and on \e[31m", number));
            if (number < 50)
            {
                tree.Finish(new(number, Cached: false, 1));
            }
        }

        IReadOnlyList<string> lines = tree.Lines(40, 10, Style.None);

        Assert.Equal(10, lines.Count);
        Assert.All(lines, line => Assert.True(TextLayout.Width(line) <= 40, line));
        Assert.DoesNotContain(lines, line => line.Contains('\e'));
        Assert.Equal("… 43 steps done", lines[0]);
        Assert.Contains("▸ [50/50]", lines[^2], StringComparison.Ordinal);
    }

    [Fact]
    public void Stages_stand_in_the_order_of_their_steps_whichever_began_first()
    {
        BuildTree tree = new(time);
        tree.Start(new(2, 2, "data", "RUN b", 4));
        tree.Start(new(1, 2, "deps", "RUN a", 2));

        Assert.Equal(["deps", "data"], tree.Lines(80, null, Style.None).Where(line => line[0] == 'd'));
    }

    [Fact]
    public void A_build_that_breaks_off_marks_what_was_running()
    {
        BuildTree tree = new(time);
        tree.Start(new(1, 1, "0", "RUN false", 2));
        tree.Break();

        Assert.Equal(["stage 0", "└─ ✗ [1/1] RUN false  0 ms"], tree.Lines(80, null, Style.None));
    }

    [Fact]
    public void Colours_are_left_out_where_they_are_not_wanted()
    {
        BuildTree tree = new(time);
        tree.Start(new(1, 1, "0", "RUN true", 2));
        tree.Finish(new(1, Cached: true, 0));

        Assert.DoesNotContain(tree.Lines(80, null, Style.None), line => line.Contains('\e'));
        Assert.Contains(tree.Lines(80, null, new Style(enabled: true)), line => line.Contains("\e[36mCACHED\e[0m", StringComparison.Ordinal));
    }

    [Fact]
    public void The_region_is_drawn_again_in_place_and_stays_at_the_end()
    {
        using TestWorld world = new(time: time);
        string[] lines = ["a", "b"];
        using (LiveRegion region = new(world.Context, (_, _) => lines))
        {
            time.Fire();
            time.Fire();
            region.WriteAbove("warning");
            time.Fire();
            region.Change(() => lines = ["done"]);
        }

        time.Fire();
        Assert.Equal("a\e[K\nb\e[K\n\e[J\e[2A\r\e[Jwarning\na\e[K\nb\e[K\n\e[J\e[2A\r\e[Jdone\n", world.Error.ToString());
    }
}
