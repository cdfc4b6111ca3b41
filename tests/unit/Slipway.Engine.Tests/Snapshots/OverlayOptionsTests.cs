using Slipway.Engine;

namespace Slipway.Engine.Tests.Snapshots;

public sealed class OverlayOptionsTests
{
    [Fact]
    public void The_topmost_layer_stands_first() => Assert.Equal(
        "lowerdir=/b:/a,upperdir=/u,workdir=/w,redirect_dir=off,metacopy=off,index=off",
        OverlayOptions.Build(["/b", "/a"], "/u", "/w", isVolatile: false));

    [Fact]
    public void A_volatile_mount_says_so() => Assert.EndsWith(",volatile", OverlayOptions.Build(["/a"], "/u", "/w", isVolatile: true), StringComparison.Ordinal);

    [Fact]
    public void Without_an_upper_directory_nothing_is_volatile() =>
        Assert.Equal("lowerdir=/b:/a,redirect_dir=off,metacopy=off,index=off", OverlayOptions.Build(["/b", "/a"], null, null, isVolatile: true));

    [Theory]
    [InlineData("/plain", true)]
    [InlineData("/with:colon", false)]
    [InlineData("/with,comma", false)]
    [InlineData("/with\\backslash", false)]
    [InlineData("/with\nline", false)]
    public void Paths_that_the_kernel_would_split_do_not_fit(string path, bool fits)
    {
        Assert.Equal(fits, OverlayOptions.FitsPlainly([path], "/u", "/w", isVolatile: false));
        Assert.Equal(fits, OverlayOptions.FitsPlainly(["/a"], path, "/w", isVolatile: false));
    }

    [Fact]
    public void A_page_of_layers_is_the_limit()
    {
        string layer = "/" + new string('x', 99);
        Assert.True(OverlayOptions.FitsPlainly([.. Enumerable.Repeat(layer, 30)], "/u", "/w", isVolatile: false));
        Assert.False(OverlayOptions.FitsPlainly([.. Enumerable.Repeat(layer, 41)], "/u", "/w", isVolatile: false));
    }
}
