using Slipway.Api;
using Slipway.Build;

namespace Slipway.Daemon.Tests.Api;

/// <summary>What a client says of a build and what the builder makes of it, which know nothing of each other.</summary>
public sealed class BuildOptionsTests
{
    [Fact]
    public void The_constant_time_that_a_client_names_is_the_builders() =>
        Assert.Equal(ReproducibleTime.Default, DateTimeOffset.FromUnixTimeSeconds(BuildOptions.ConstantTime));
}
