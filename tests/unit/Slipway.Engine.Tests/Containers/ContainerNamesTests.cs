using Slipway.Content;
using Slipway.Engine;

namespace Slipway.Engine.Tests.Containers;

public sealed class ContainerNamesTests
{
    [Theory]
    [InlineData("web")]
    [InlineData("/web")]
    [InlineData("a.b_c-1")]
    [InlineData("0web")]
    public void Dockers_names_are_names(string name) => Assert.Equal(name.TrimStart('/'), ContainerNames.Check(name));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("-web")]
    [InlineData("we b")]
    [InlineData("../up")]
    [InlineData("wéb")]
    public void Others_are_refused(string name) => Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<SlipwayException>(() => ContainerNames.Check(name)).Kind);

    [Fact]
    public void A_chosen_name_is_valid_and_free()
    {
        HashSet<string> taken = [];
        for (int i = 0; i < 3000; i++)
        {
            string name = ContainerNames.Choose(taken.Contains);
            Assert.Equal(name, ContainerNames.Check(name));
            Assert.True(taken.Add(name));
        }
    }

    [Fact]
    public void A_name_is_reserved_once()
    {
        ContainerRegistry registry = new();
        ContainerId first = ContainerId.New();
        registry.Reserve("web", first);
        SlipwayException fault = Assert.Throws<SlipwayException>(() => registry.Reserve("web", ContainerId.New()));
        Assert.Equal(ErrorKind.AlreadyExists, fault.Kind);
        Assert.Contains(first.Short, fault.Message, StringComparison.Ordinal);
        registry.Release("web");
        Assert.Equal("web", registry.Reserve("web", ContainerId.New()));
    }
}
