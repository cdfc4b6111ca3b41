using Slipway.Content;
using Slipway.Engine;

namespace Slipway.Engine.Tests.Containers;

public sealed class SignalNameTests
{
    [Theory]
    [InlineData("TERM", 15)]
    [InlineData("SIGTERM", 15)]
    [InlineData("sigint", 2)]
    [InlineData("9", 9)]
    [InlineData("RTMIN+3", 37)]
    [InlineData("SIGRTMAX-1", 63)]
    public void Names_and_numbers_are_read(string text, int number) => Assert.Equal(number, SignalName.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("SIG")]
    [InlineData("NOPE")]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-1")]
    [InlineData("TERM+1")]
    [InlineData("RTMAX+1")]
    public void Others_are_refused(string text) => Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<SlipwayException>(() => SignalName.Parse(text)).Kind);
}
