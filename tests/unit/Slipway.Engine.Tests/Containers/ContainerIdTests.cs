using Slipway.Content;
using Slipway.Engine;

namespace Slipway.Engine.Tests.Containers;

public sealed class ContainerIdTests
{
    [Fact]
    public void A_new_id_reads_back_and_its_short_form_is_no_number()
    {
        ContainerId id = ContainerId.New();
        Assert.Equal(id, ContainerId.Parse(id.ToString()));
        Assert.Equal(64, id.ToString().Length);
        Assert.False(ulong.TryParse(id.Short, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("../../../../../../../../../../../../../../../../../../../etc/passwd")]
    [InlineData("ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789")]
    public void Others_are_refused(string text) => Assert.Throws<SlipwayException>(() => ContainerId.Parse(text));
}
