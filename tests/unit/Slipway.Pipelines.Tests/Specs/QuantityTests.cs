using FsCheck;
using FsCheck.Fluent;
using Slipway.Content;
using Slipway.Pipelines.Specs;
using Slipway.Pipelines.Specs.Syntax;

namespace Slipway.Pipelines.Tests.Specs;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("1h2m3.5s", 3_723_500)]
    [InlineData("90s", 90_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("150ms", 150)]
    [InlineData("+10m", 600_000)]
    public void Durations_are_gos(string text, long milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), GoDuration.ParsePositive(text));

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("0s")]
    [InlineData("1 s")]
    [InlineData("1d")]
    [InlineData("1..5s")]
    [InlineData("99999999999h")]
    public void What_is_no_positive_duration_is_refused(string text) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<SlipwayException>(() => { GoDuration.ParsePositive(text); }).Kind);

    [Fact]
    public void A_duration_that_is_written_is_read_as_the_same() => Prop.ForAll(
        Arb.From(Gen.Choose(1, int.MaxValue - 1)),
        ticks => GoDuration.ParsePositive(GoDuration.Format(new TimeSpan(ticks * 977L))) == new TimeSpan(ticks * 977L)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("512M", 512_000_000)]
    [InlineData("512Mi", 536_870_912)]
    [InlineData("1.5Gi", 1_610_612_736)]
    [InlineData("2G", 2_000_000_000)]
    [InlineData("1048576", 1_048_576)]
    public void Memory_is_kubernetes(string text, long bytes) => Assert.Equal(bytes, ResourceQuantity.ParseMemory(text));

    [Theory]
    [InlineData("500m", 0.5)]
    [InlineData("2", 2)]
    [InlineData("0.25", 0.25)]
    public void Processors_are_kubernetes(string text, double cpus) => Assert.Equal(cpus, ResourceQuantity.ParseCpus(text));

    [Theory]
    [InlineData("1")]
    [InlineData("12Q")]
    [InlineData("-1Gi")]
    [InlineData("99999999999P")]
    public void What_is_no_memory_is_refused(string text) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<SlipwayException>(() => { ResourceQuantity.ParseMemory(text); }).Kind);

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("NaN")]
    [InlineData("two")]
    public void What_is_no_number_of_processors_is_refused(string text) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<SlipwayException>(() => { ResourceQuantity.ParseCpus(text); }).Kind);

    [Fact]
    public void A_swap_of_neighbours_is_one_mistake()
    {
        Assert.Equal(1, NearestName.Distance("brnach", "branch"));
        Assert.Equal("branch", NearestName.Find("brnach", ["repo", "branch", "glob"]));
        Assert.Null(NearestName.Find("xyzzy", ["repo", "branch", "glob"]));
    }
}
