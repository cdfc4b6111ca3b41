using System.Text;

namespace Slipway.Content.Tests;

public sealed class DigestTests
{
    // FIPS 180-2, appendix B.1.
    private const string Abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Fact]
    public void It_is_the_SHA256_of_the_bytes() => Assert.Equal(Abc, Digest.Of(Encoding.ASCII.GetBytes("abc")).ToString());

    [Fact]
    public void It_reads_what_it_writes() => Assert.Equal(Digest.Of("abc"), Digest.Parse(Abc));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a")]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015adff")]
    [InlineData("sha512:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha256:xx7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    public void Anything_else_is_refused(string? text) => Assert.False(Digest.TryParse(text, out _));

    [Fact]
    public void It_is_ordered_as_its_hex()
    {
        Digest[] digests = [.. Enumerable.Range(0, 100).Select(i => Digest.Of($"{i}"))];
        Assert.Equal(digests.OrderBy(digest => digest.Hex, StringComparer.Ordinal), digests.Order());
    }
}
