namespace Slipway.Build.Dockerfiles;

/// <summary>What a --mount says, and which of it is a fault.</summary>
public sealed class RunMountReaderTests
{
    [Fact]
    public void A_mount_has_the_references_defaults()
    {
        Assert.Equal(new RunMount(RunMountKind.Bind) { Target = "/t", IsReadOnly = true }, Read("target=/t"));
        Assert.Equal(new RunMount(RunMountKind.Cache) { Target = "/t" }, Read("type=cache,dst=/t"));
        Assert.Equal(new RunMount(RunMountKind.Secret) { Id = "a" }, Read("type=secret,id=a"));
        Assert.Equal(new RunMount(RunMountKind.Ssh), Read("type=ssh"));
    }

    [Fact]
    public void Every_field_is_read()
    {
        Assert.Equal(new RunMount(RunMountKind.Bind) { From = "s", Source = "/a", Target = "/t" }, Read("type=bind,from=s,src=/a,destination=/t,rw"));
        Assert.Equal(
            new RunMount(RunMountKind.Cache) { Id = "c", Target = "/t", Sharing = CacheSharing.Locked, IsReadOnly = true, Mode = 0x1E8, User = 1, Group = 2, From = "s", Source = "x" },
            Read("type=cache,id=c,target=/t,sharing=locked,ro,mode=0750,uid=1,gid=2,from=s,source=x"));
        Assert.Equal(new RunMount(RunMountKind.Tmpfs) { Target = "/t", Size = 64 << 20 }, Read("type=tmpfs,target=/t,size=64m"));
        Assert.Equal(new RunMount(RunMountKind.Secret) { Id = "a", Variable = "A", IsRequired = true }, Read("type=secret,id=a,env=A,required"));
        Assert.Equal(new RunMount(RunMountKind.Bind) { Target = "/a,b", IsReadOnly = true }, Read("\"target=/a,b\""));
    }

    [Fact]
    public void Variables_are_replaced_but_not_in_from()
    {
        Assert.Equal("/x", RunMountReader.Read("target=$T,from=$T", value => value.Replace("$T", "/x", StringComparison.Ordinal)).Target);
        Assert.Equal("$T", RunMountReader.FromOf("target=$T,from=$T"));
    }

    [Theory]
    [InlineData("type=volume,target=/t", "not a kind")]
    [InlineData("type=bind", "lacks its target")]
    [InlineData("type=cache", "lacks its target")]
    [InlineData("type=tmpfs,target=", "lacks its target")]
    [InlineData("type=secret", "names no secret")]
    [InlineData("type=cache,target=/t,sharing=mine", "sharing=mine")]
    [InlineData("type=cache,target=/t,mode=9", "octal")]
    [InlineData("type=cache,target=/t,mode=17777", "octal")]
    [InlineData("type=tmpfs,target=/t,size=much", "not a size")]
    [InlineData("type=bind,target=/t,size=1", "has no size")]
    [InlineData("type=secret,id=a,from=b", "has no from")]
    [InlineData("type=bind,target=/t,ro=maybe", "neither true nor false")]
    [InlineData("type=bind,tarket=/t", "no field 'tarket'")]
    [InlineData("target", "lacks a value")]
    public void A_wrong_mount_is_a_fault(string text, string message) =>
        Assert.Contains(message, Assert.Throws<DockerfileSyntaxException>(() => Read(text)).Message, StringComparison.Ordinal);

    private static RunMount Read(string text) => RunMountReader.Read(text, value => value);
}
