using FsCheck;
using FsCheck.Fluent;
using Slipway.Content;

namespace Slipway.Images.References;

/// <summary>Docker's rules for names, as its users know them.</summary>
public sealed class ImageReferenceTests
{
    private const string SomeDigest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("python", "docker.io", "library/python", "latest", "python:latest")]
    [InlineData("python:3.11-sklearn", "docker.io", "library/python", "3.11-sklearn", "python:3.11-sklearn")]
    [InlineData("iris/train", "docker.io", "iris/train", "latest", "iris/train:latest")]
    [InlineData("docker.io/library/python:3", "docker.io", "library/python", "3", "python:3")]
    [InlineData("index.docker.io/python", "docker.io", "library/python", "latest", "python:latest")]
    [InlineData("localhost/a", "localhost", "a", "latest", "localhost/a:latest")]
    [InlineData("localhost:5000/a/b:c", "localhost:5000", "a/b", "c", "localhost:5000/a/b:c")]
    [InlineData("registry.example/a", "registry.example", "a", "latest", "registry.example/a:latest")]
    [InlineData("REGISTRY/a", "REGISTRY", "a", "latest", "REGISTRY/a:latest")]
    [InlineData("[::1]:5000/a", "[::1]:5000", "a", "latest", "[::1]:5000/a:latest")]
    [InlineData("docker.io/library/a/b", "docker.io", "library/a/b", "latest", "library/a/b:latest")]
    [InlineData("a__b.c--d", "docker.io", "library/a__b.c--d", "latest", "a__b.c--d:latest")]
    public void A_name_is_completed(string text, string domain, string repository, string tag, string familiar)
    {
        ImageReference reference = ImageReference.Parse(text);

        Assert.Equal((domain, repository, tag, familiar), (reference.Domain, reference.Repository, reference.Tag, reference.Familiar));
        Assert.Equal(reference, ImageReference.Parse(familiar));
        Assert.Equal(reference, ImageReference.Parse(reference.ToString()));
    }

    [Fact]
    public void A_digest_stands_without_a_tag()
    {
        ImageReference pinned = ImageReference.Parse("a/b@" + SomeDigest);

        Assert.Null(pinned.Tag);
        Assert.Equal(SomeDigest, pinned.Digest.ToString());
        Assert.Equal("a/b:1@" + SomeDigest, ImageReference.Parse("a/b:1@" + SomeDigest).Familiar);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Python")]
    [InlineData("a/B")]
    [InlineData("a:")]
    [InlineData("a:-x")]
    [InlineData("a b")]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a_-b")]
    [InlineData("-a")]
    [InlineData("a@sha256:12")]
    [InlineData("a:x@")]
    [InlineData("a\n")]
    [InlineData("bad_host.example-/a")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void What_is_no_name_is_refused(string text)
    {
        Assert.False(ImageReference.TryParse(text, out _));
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<SlipwayException>(() => ImageReference.Parse(text)).Kind);
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_what_is_read_comes_back() => Prop.ForAll<string>(text =>
    {
        bool read = ImageReference.TryParse(text, out ImageReference? reference);
        return !read || ImageReference.Parse(reference!.ToString()) == reference;
    }).QuickCheckThrowOnFailure();
}
