using Slipway.Engine;

namespace Slipway.Engine.Tests.Specs;

public sealed class CapabilitySetTests
{
    [Theory]
    [InlineData("CapBnd:\t0000000000000001", "CAP_CHOWN")]
    [InlineData("CapBnd:\t0000010000200000", "CAP_SYS_ADMIN CAP_CHECKPOINT_RESTORE")]
    [InlineData("CapEff:\t0000000000000001", "")]
    public void Bits_are_names(string line, string expected) => Assert.Equal(expected, string.Join(' ', CapabilitySet.Read(["Name:\tx", line])));
}
