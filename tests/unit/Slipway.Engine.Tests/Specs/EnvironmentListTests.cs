using Slipway.Engine;

namespace Slipway.Engine.Tests.Specs;

public sealed class EnvironmentListTests
{
    [Fact]
    public void A_known_name_keeps_its_place_and_a_new_one_comes_last() =>
        Assert.Equal(["A=1", "B=3", "C=4"], EnvironmentList.Merge(["A=1", "B=2"], ["B=3", "C=4"]));

    [Fact]
    public void A_bare_name_removes() => Assert.Equal(["B=2"], EnvironmentList.Merge(["A=1", "B=2"], ["A", "Z"]));

    [Fact]
    public void A_value_may_hold_an_equals_sign() => Assert.Equal(["A=x=y"], EnvironmentList.Merge(["A=1"], ["A=x=y"]));
}
