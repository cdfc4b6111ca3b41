using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Tests.Options;

public sealed class OptionTests
{
    [Theory]
    [InlineData("512", 512)]
    [InlineData("512b", 512)]
    [InlineData("1k", 1024)]
    [InlineData("64KiB", 65536)]
    [InlineData("512m", 512L << 20)]
    [InlineData("1.5g", 3L << 29)]
    [InlineData("2T", 2L << 40)]
    public void Memory_is_bytes_with_units_of_1024(string text, long bytes) => Assert.Equal(bytes, Values.Bytes(text, "--memory"));

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("-1m")]
    [InlineData("1x")]
    [InlineData("0")]
    [InlineData("1e9g")]
    [InlineData("99999999999t")]
    public void Other_amounts_are_refused(string text) => Assert.True(Assert.Throws<CliException>(() => Values.Bytes(text, "--memory")).Usage);

    [Theory]
    [InlineData("/a:/b", "/a", "/b", false)]
    [InlineData("./a:/b:ro", "/here/a", "/b", true)]
    [InlineData("../a:/b:rw", "/a", "/b", false)]
    public void A_volume_has_source_target_and_mode(string text, string source, string target, bool readOnly) =>
        Assert.Equal(new MountRequest(source, target, readOnly), VolumeOption.Parse(text, static path => Path.GetFullPath(path, "/here")));

    [Theory]
    [InlineData("/a")]
    [InlineData("/a:b")]
    [InlineData("name:/b")]
    [InlineData(":/b")]
    [InlineData("/a:/b:xx")]
    [InlineData("/a:/b:ro:more")]
    public void Another_volume_is_refused_with_the_reason(string text) =>
        Assert.Contains(text, Assert.Throws<CliException>(() => VolumeOption.Parse(text, static path => path)).Message, StringComparison.Ordinal);

    [Fact]
    public void Variables_come_from_files_then_options_and_names_alone_from_us()
    {
        using TestWorld world = new();
        world.Write("env", "# comment\n\nA=1\n  B=two words \nHOME\nUNSET\n");
        world.Variables["HOME"] = "/home/me";
        IReadOnlyList<string> read = EnvironmentOption.Read(["C=a=b", "HOME", "D="], ["env"], world.Context.Environment, world.Context.Resolve);
        Assert.Equal(["A=1", "B=two words ", "HOME=/home/me", "C=a=b", "HOME=/home/me", "D="], read);
    }

    [Fact]
    public void A_variable_without_a_name_is_named_with_its_place()
    {
        using TestWorld world = new();
        world.Write("env", "A=1\n=x\n");
        CliException exception = Assert.Throws<CliException>(() => EnvironmentOption.Read([], ["env"], world.Context.Environment, world.Context.Resolve));
        Assert.StartsWith("env:2: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pairs_keep_what_follows_the_first_equals_sign()
    {
        Dictionary<string, string> pairs = Values.Pairs(["a=b=c", "d", "a=e"], "--label", static _ => "");
        Assert.Equal(("e", ""), (pairs["a"], pairs["d"]));
        Assert.Throws<CliException>(() => Values.Pairs(["d"], "--label"));
    }
}
