using Slipway.Build.Dockerfiles;

namespace Slipway.Build.Planning;

/// <summary>--chmod: bits and changes of bits, as chmod(1) does them without a mask.</summary>
public sealed class ModeChangeTests
{
    [Theory]
    [InlineData("755", "644", false, "755")]
    [InlineData("4755", "644", false, "4755")]
    [InlineData("7", "644", false, "7")]
    [InlineData("u+x", "644", false, "744")]
    [InlineData("a=r", "755", false, "444")]
    [InlineData("=rw", "111", false, "666")]
    [InlineData("go-rwx", "777", false, "700")]
    [InlineData("X", null, false, null)]
    [InlineData("+X", "644", false, "644")]
    [InlineData("+X", "744", false, "755")]
    [InlineData("+X", "644", true, "755")]
    [InlineData("u=rwx,g=u-w,o=", "640", false, "750")]
    [InlineData("u+s,+t", "755", false, "5755")]
    [InlineData("u=x", "4755", false, "155")]
    [InlineData("u=rwx", "2700", true, "2700")]
    [InlineData("", null, false, null)]
    [InlineData("u", null, false, null)]
    [InlineData("89", null, false, null)]
    [InlineData("20000", null, false, null)]
    [InlineData("u+q", null, false, null)]
    public void Modes_change_as_written(string text, string? mode, bool isDirectory, string? expected)
    {
        if (expected is null)
        {
            Assert.Throws<DockerfileSyntaxException>(() => ModeChange.Parse(text));
            return;
        }

        Assert.Equal(expected, Convert.ToString(ModeChange.Parse(text).Apply(Convert.ToInt32(mode, 8), isDirectory), 8));
    }
}
